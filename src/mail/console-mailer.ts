import { headerText } from './header-text.ts'
import type { Mailer, Message } from './message.ts'

/** A mailer that delivers to the developer. */
export interface ConsoleMailer {
  readonly send: Mailer
  /** The last 100 mails, oldest first. */
  list(): readonly Message[]
}

const KEPT = 100
const LINK = /^https?:\/\/\S+$/m

/**
 * Makes the mailer of a development setup: keeps mails in memory and prints a line for each, and its first link.
 * @param print takes one line, without its line break.
 */
export function createConsoleMailer(print: (line: string) => void): ConsoleMailer {
  let mails: readonly Message[] = []
  return {
    async send(message) {
      mails = [...mails, message].slice(-KEPT)
      print(`Mail to ${headerText(message.to)}: ${headerText(message.subject)}`)
      const [link] = LINK.exec(message.text) ?? []
      if (link !== undefined) print(`  ${link}`)
    },
    list: () => mails,
  }
}
