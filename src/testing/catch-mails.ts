/* Mails that are caught instead of sent. */
import { EventEmitter, once } from 'node:events'
import type { Mailer, Message } from '../mail/message.ts'

/** A mailer that keeps what it is given. */
export interface CaughtMails {
  readonly mailer: Mailer
  /** All mails so far, oldest first. */
  readonly mails: readonly Message[]
  /** The first mail that fits, as soon as there is one. Each mail is given once, so that asking again waits for the next. */
  waitForMail(fits?: (mail: Message) => boolean): Promise<Message>
}

/** Makes the mailer. */
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
