import type { Letter } from '../letter.ts'
import { utcTime } from '../utc-time.ts'

/** Tells the owner of an account that its password is another one now. */
export interface PasswordChanged {
  readonly kind: 'password_changed'
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number
  /** Leads to the page for forgotten passwords. */
  readonly forgotLink: string
}

/** The sentences of `password_changed`. */
export interface PasswordChangedTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
  readonly time: string
  readonly expected: string
  readonly unexpected: string
  readonly button: string
}

/** Writes it. */
export function passwordChanged(
  { at, forgotLink }: PasswordChanged,
  site: string,
  texts: PasswordChangedTexts,
): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site), texts.expected, texts.unexpected],
    facts: [{ label: texts.time, value: utcTime(at) }],
    action: { label: texts.button, link: forgotLink },
    after: [],
  }
}
