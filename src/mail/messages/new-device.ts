import { headerText } from '../header-text.ts'
import type { Letter } from '../letter.ts'
import { utcTime } from '../utc-time.ts'

/** Somebody logged in on a device that this account has not seen before. */
export interface NewDevice {
  readonly kind: 'new_device'
  /** "Firefox on Linux": what the client says of itself, so whatever it likes. */
  readonly device: string
  /** Null when it is not known. */
  readonly ip: string | null
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number
  /** Leads to the account page, where sessions are ended. */
  readonly accountLink: string
}

/** The sentences of `new_device`. */
export interface NewDeviceTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
  readonly device: string
  readonly ip: string
  readonly time: string
  readonly button: string
  readonly advice: string
}

/** Writes it. */
export function newDevice({ device, ip, at, accountLink }: NewDevice, site: string, texts: NewDeviceTexts): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site)],
    facts: [
      { label: texts.device, value: headerText(device) },
      ...(ip === null ? [] : [{ label: texts.ip, value: headerText(ip) }]),
      { label: texts.time, value: utcTime(at) },
    ],
    action: { label: texts.button, link: accountLink },
    after: [texts.advice],
  }
}
