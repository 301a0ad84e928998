import type { Clock } from '../kernel/clock.ts'
import { headerText } from './header-text.ts'
import type { Mailer, Message } from './message.ts'

/** A mail that went to the developer, and when: milliseconds since 1970 UTC. */
export interface DevelopmentMail extends Message {
  readonly sentAt: number
}

/** A mailer that delivers to the developer. */
export interface DevelopmentMailer {
  readonly send: Mailer
  /** The last 100 mails, oldest first. */
  list(): readonly DevelopmentMail[]
}

const KEPT = 100
const LINK = /^https?:\/\/\S+$/m

/**
 * Makes the mailer of a development setup: keeps mails in memory and prints a line for each, and its first link.
 * @param print takes one line, without its line break.
 */
export function createDevelopmentMailer(clock: Clock, print: (line: string) => void): DevelopmentMailer {
  let mails: readonly DevelopmentMail[] = []
  return {
    async send(message) {
      mails = [...mails, { ...message, sentAt: clock() }].slice(-KEPT)
      print(`Email to ${headerText(message.to)}: ${headerText(message.subject)}`)
      const [link] = LINK.exec(message.text) ?? []
      if (link !== undefined) print(`  ${link}`)
    },
    list: () => mails,
  }
}
