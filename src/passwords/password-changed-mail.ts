import type { Clock } from '../kernel/clock.ts'
import type { User } from '../kernel/principal.ts'
import type { Links } from '../mail/links.ts'
import type { OutgoingMail } from '../mail/outgoing-mail.ts'
import type { MailWriter } from '../mail/write-mail.ts'

/** The notice that a password is another now (ASVS 6.3.7). */
export function passwordChangedMail(
  { mail, links, clock }: { readonly mail: MailWriter; readonly links: Links; readonly clock: Clock },
  { id, email }: User,
): readonly OutgoingMail[] {
  const content = { kind: 'password_changed', at: clock(), forgotLink: links.forgotPassword } as const
  return mail.write({ to: email, userId: id, content })
}
