import type { UserStore } from '../../accounts/store.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Links } from '../../kernel/links.ts'
import type { Outbox } from '../../kernel/outbox.ts'
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import type { User } from '../../kernel/principal.ts'
import type { FactorRemovalMail } from './mails/factor-removal.ts'

/** Dependencies of `writeRemovalMails`. */
export interface RemovalMailDeps {
  readonly users: UserStore
  readonly outbox: Outbox
  readonly links: Links
  readonly clock: Clock
}

/**
 * Creates the emails about a removal of factors: to the address of the account, to the one that it had until a recent change, and to
 * the one that it gets by a change that is not confirmed yet. A thief of one mailbox cannot keep the notice from the others.
 */
export async function writeRemovalMails(
  { users, outbox, links, clock }: RemovalMailDeps,
  user: User,
  news: Omit<FactorRemovalMail, 'kind' | 'accountLink'>,
): Promise<readonly OutgoingMail[]> {
  const stored = await users.describe(user.id)
  const others = (stored?.oneTimeTokens ?? []).flatMap(({ purpose, email, expiresAt }) =>
    (purpose === 'email_undo' || purpose === 'email_change') && email !== null && expiresAt > clock() ? [email] : [],
  )
  const content: FactorRemovalMail = { kind: 'factor_removal', ...news, accountLink: links.security }
  return [...new Set([user.email, ...others])].flatMap((to) => outbox.write({ to, userId: user.id, content }))
}
