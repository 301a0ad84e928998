/* Emails that are caught instead of sent. */
import { EventEmitter, once } from 'node:events'
import type { Mailer, Message } from '../mail/message.ts'

/** A mailer that keeps the emails it receives. */
export interface CaughtMails {
  readonly mailer: Mailer
  /** All emails so far, oldest first. */
  readonly mails: readonly Message[]
  /**
   * Resolves with the first email that matches, as soon as it exists. Returns each email once: the next call waits for
   * another.
   */
  waitForMail(fits?: (mail: Message) => boolean): Promise<Message>
}

/** Creates the mailer. */
export function catchMails(): CaughtMails {
  const mails: Message[] = []
  const given = new Set<Message>()
  const events = new EventEmitter().setMaxListeners(0)
  return {
    mails,
    async mailer(message) {
      mails.push(message)
      events.emit('mail')
    },
    async waitForMail(fits = () => true) {
      const find = (): Message | undefined => mails.find((mail) => !given.has(mail) && fits(mail))
      let mail = find()
      while (mail === undefined) {
        await once(events, 'mail')
        mail = find()
      }
      given.add(mail)
      return mail
    },
  }
}
