import type { Clock } from '../kernel/clock.ts'
import type { Links } from '../kernel/links.ts'
import type { MailContent, Outbox } from '../kernel/outbox.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'
import type { User } from '../kernel/principal.ts'
import { type MailKind, takeMailBudget } from './other-tries.ts'
import type { Throttle } from './throttle.ts'

/** Dependencies of emails that tell a user what happened to the account. */
export interface NoticeDeps {
  readonly outbox: Outbox
  readonly links: Links
  readonly throttle: Throttle
  readonly clock: Clock
}

/**
 * Writes an email that tells a user what happened to the account.
 * @returns an empty list if the user received too many emails of this kind in the last hour, or if this service sends no email.
 * @throws Refusal `unavailable`.
 */
export async function writeNotice(
  { outbox, throttle }: NoticeDeps,
  { id, email }: User,
  content: MailContent & { readonly kind: MailKind },
): Promise<readonly OutgoingMail[]> {
  if (outbox.isOff || !(await takeMailBudget(throttle, content.kind, email))) return []
  return outbox.write({ to: email, userId: id, content })
}
