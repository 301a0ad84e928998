import type { Clock } from '../kernel/clock.ts'
import { headerText } from './header-text.ts'
import type { Mailer, Message } from './message.ts'

/** An email that was kept for the developer. */
export interface DevelopmentMail extends Message {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly sentAt: number
}

/** A mailer that keeps emails for the developer instead of sending them. */
export interface DevelopmentMailer {
  readonly send: Mailer
  /** Returns the last 100 emails, oldest first. */
  list(): readonly DevelopmentMail[]
}

const KEPT = 100
const LINK = /^https?:\/\/\S+$/m

/**
 * Creates the mailer of a development setup. It keeps emails in memory, and prints one line for each and its first link.
 * @param print gets one line, without its line break.
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
