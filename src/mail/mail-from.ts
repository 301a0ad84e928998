import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import { headerText } from './header-text.ts'

/** Whom mails are from. */
export interface MailFrom {
  /** Empty when there is none. */
  readonly name: string
  readonly address: EmailAddress
}

const RIGHT = 'it must be one address such as "no-reply@example.com" or "Example <no-reply@example.com>"'
/** A display name, bare or in quotes, and an address in angle brackets; or an address alone. */
const NAMED = /^(?:"(?<quoted>[^"\\<>]*)"|(?<bare>[^"\\<>,;:@]*?))\s*<(?<address>[^<>]*)>$/

/**
 * Reads LATCHKEY_MAIL_FROM: `Name <address>` (RFC 5322 section 3.4, without comments, groups and escapes) or `address`.
 * @throws Error that says what would be right.
 */
export function parseMailFrom(text: string): MailFrom {
  const { quoted, bare, address = text } = NAMED.exec(text.trim())?.groups ?? {}
  const name = quoted ?? bare ?? ''
  const parsed = parseEmailAddress(address)
  if (parsed === null) throw new Error(`The sender of mails is wrong: ${RIGHT}`)
  if (headerText(name) !== name) {
    throw new Error(`The sender of mails has a name with characters that cannot be shown, or a too long one: ${RIGHT}`)
  }
  return { name, address: parsed }
}
