import type { Clock } from '../kernel/clock.ts'
import type { Links } from '../kernel/links.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'
import type { ClientInfo, User } from '../kernel/principal.ts'
import type { MailWriter } from '../mail/write-mail.ts'
import { deviceLabel } from '../sessions/device-label.ts'
import { takeMailBudget } from '../throttle/other-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'

/** What the notice is written with. */
export interface NewDeviceMailDeps {
  readonly mail: MailWriter
  readonly links: Links
  readonly throttle: Throttle
  readonly clock: Clock
}

/** The notice of a login from a browser that the account has not seen (ASVS 6.3.5). */
export async function newDeviceMail(
  { mail, links, clock, throttle }: NewDeviceMailDeps,
  { id, email }: User,
  { ip, userAgent }: ClientInfo,
): Promise<readonly OutgoingMail[]> {
  if (mail.isOff || !(await takeMailBudget(throttle, 'new_device', email))) return []
  const device = deviceLabel(userAgent)
  const content = { kind: 'new_device', device, ip, at: clock(), accountLink: links.account } as const
  return mail.write({ to: email, userId: id, content })
}
