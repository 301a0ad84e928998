/* Helpers for finding caught emails and reading their links. */

import { expect } from 'vitest'
import type { Message } from '../../src/mail/message.ts'
import type { Instance } from './rings.ts'

/** Returns a predicate for `waitForMail`: an email to this address, with a link to this path below `/auth`. */
export function mailTo(address: string, path: string): (mail: Message) => boolean {
  return ({ to, text }) => to === address && text.includes(`/auth${path}`)
}

/** Returns the token in the link of an email. */
export function tokenIn({ subject, text }: Pick<Message, 'subject' | 'text'>): string {
  const [, token] = /[?&](?:token|invitation)=([\w-]+)/.exec(text) ?? []
  if (token === undefined) throw new Error(`There is no token in the email "${subject}"`)
  return token
}

/** Waits until every email that is due was sent. Several are sent at the same time, and urgent ones first. */
export async function outboxEmpty({ runSql }: Pick<Instance, 'runSql'>): Promise<void> {
  await expect.poll(async () => (await runSql('SELECT 1 FROM mails')).length).toBe(0)
}
