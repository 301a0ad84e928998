import type { Clock } from '../kernel/clock.ts'
import type { Links } from '../kernel/links.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'
import type { User } from '../kernel/principal.ts'
import type { MailWriter } from '../mail/write-mail.ts'
import { takeMailBudget } from '../throttle/other-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'

/** What the notice is written with. */
export interface PasswordChangedMailDeps {
  readonly mail: MailWriter
  readonly links: Links
  readonly throttle: Throttle
  readonly clock: Clock
}

/** The notice that a password is another now (ASVS 6.3.7); none when too many went there lately. */
export async function passwordChangedMail(
  { mail, links, throttle, clock }: PasswordChangedMailDeps,
  { id, email }: User,
): Promise<readonly OutgoingMail[]> {
  if (mail.isOff || !(await takeMailBudget(throttle, 'password_changed', email))) return []
  const content = { kind: 'password_changed', at: clock(), forgotLink: links.forgotPassword } as const
  return mail.write({ to: email, userId: id, content })
}
