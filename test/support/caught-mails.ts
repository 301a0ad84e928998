/* What tests look for in caught mails. */
import type { Message } from '../../src/mail/message.ts'

/** For `waitForMail`: a mail to this address, with a link to this path below `/auth`. */
export function mailTo(address: string, path: string): (mail: Message) => boolean {
  return ({ to, text }) => to === address && text.includes(`/auth${path}`)
}

/** The token in the link of a mail. */
export function tokenIn({ subject, text }: Pick<Message, 'subject' | 'text'>): string {
  const [, token] = /[?&](?:token|invitation)=([\w-]+)/.exec(text) ?? []
  if (token === undefined) throw new Error(`There is no token in the mail "${subject}"`)
  return token
}
