import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import { headerText } from './header-text.ts'

/** The sender of emails. */
export interface MailFrom {
  /** Empty if the sender has no name. */
  readonly name: string
  readonly address: EmailAddress
}

/** Domain of the default sender for a base URL without a domain. Emails from it never leave the machine (RFC 6761). */
const LOCAL_DOMAIN = 'latchkey.localhost'

/** Returns the default sender: `no-reply@` and the host of the base URL, or a local domain for `localhost` and IP addresses. */
export function defaultMailFrom(baseUrl: URL): string {
  const own = `no-reply@${baseUrl.hostname}`
  return parseEmailAddress(own) === null ? `no-reply@${LOCAL_DOMAIN}` : own
}

const RIGHT = 'it must be one address such as "no-reply@example.com" or "Example <no-reply@example.com>"'
/** A display name, with or without quotes, and an address in angle brackets; or an address alone. */
const NAMED = /^(?:"(?<quoted>[^"\\<>]*)"\s*|(?<bare>[^"\\<>,;:@]*))<(?<address>[^<>]*)>$/

/**
 * Reads LATCHKEY_MAIL_FROM: `Name <address>` (RFC 5322 section 3.4, without comments, groups and escapes) or `address`.
 * @throws Error that shows correct values.
 */
export function parseMailFrom(text: string): MailFrom {
  const { quoted, bare, address = text } = NAMED.exec(text.trim())?.groups ?? {}
  const name = quoted ?? bare?.trimEnd() ?? ''
  const parsed = parseEmailAddress(address)
  if (parsed === null) throw new Error(`The sender of emails is wrong: ${RIGHT}`)
  if (headerText(name) !== name) {
    throw new Error(`The name of the sender of emails is too long or contains invisible characters: ${RIGHT}`)
  }
  return { name, address: parsed }
}
