import type { Letter } from './letter.ts'

/** Texts of every email about a change of the account that the user may not have made. */
export interface ChangeLetterTexts {
  readonly time: string
  /** What to do if the user made the change. */
  readonly expected: string
  /** What to do if the user did not make it. */
  readonly unexpected: string
  readonly button: string
}

/** A change of an account. */
export interface AccountChange {
  readonly subject: string
  readonly heading: string
  /** One sentence that says what changed. */
  readonly notice: string
  /** Time of the change, in milliseconds since 1970 UTC. */
  readonly at: number
  /** Opens the page on which the user can act. */
  readonly link: string
}

/** Returns the letter of an email about a change of the account. */
export function changeLetter({ subject, heading, notice, at, link }: AccountChange, texts: ChangeLetterTexts): Letter {
  return {
    subject,
    heading,
    before: [notice, texts.expected, texts.unexpected],
    facts: [{ label: texts.time, value: at }],
    action: { label: texts.button, link },
    after: [],
  }
}
