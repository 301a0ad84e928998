import { z } from 'zod'
import { acceptConfiguration } from '../kernel/arguments.ts'
import type { Message } from '../mail/message.ts'

/**
 * Returns the code that an authenticator app shows.
 * @param secret in Base32, from `POST /auth/totp`.
 * @param now milliseconds since 1970 UTC.
 */
export async function totpCode(secret: string, now: number): Promise<string> {
  acceptConfiguration('totpCode', textSchema, secret)
  const { TOTP } = await import('otpauth')
  return new TOTP({ secret }).generate({ timestamp: now }) // its defaults are those of RFC 6238 and of Latchkey
}

/** Returns the code in the next email with a code to an address, as soon as it is sent. */
export async function emailCode(
  waitForMail: (fits: (mail: Message) => boolean) => Promise<Message>,
  email: string,
): Promise<string> {
  acceptConfiguration('emailCode', textSchema, email)
  const { subject } = await waitForMail((mail) => mail.to === email && CODE.test(mail.subject))
  return CODE.exec(subject)?.[0] ?? ''
}

const textSchema = z.string('must be a string')
const CODE = /^\d{8}(?= )/
