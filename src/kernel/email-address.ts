/*
 * One normal form for an email address, so that one mailbox is one account.
 * Supported: RFC 5321 dot-atoms, RFC 6531 (UTF-8 local parts), IDNA domains (stored as A-labels).
 * Refused on purpose:
 * - quoted local parts, comments, address literals and domains without a dot;
 * - characters that normalization would turn into ASCII (the Kelvin sign, full-width letters), because two different
 *   addresses would become one;
 * - encoded words (RFC 2047), because many email programs decode them and send the email to another mailbox.
 * Tested by email-address.test.ts.
 */
import { domainToASCII } from 'node:url'

declare const emailBrand: unique symbol

/** An email address in its normal form. */
export type EmailAddress = string & { readonly [emailBrand]: true }

const MAX_OCTETS = 254
const MAX_LOCAL_OCTETS = 64
/** Invisible characters: control, format and private-use characters, spaces, and default-ignorable code points. */
const FORBIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Zs}]/u
const LOCAL_PART =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u
const ENCODED_WORD = '=?'
/** Letters, digits, dots, hyphens and non-ASCII characters. The URL parser in `domainToASCII` reads all others as syntax. */
const TYPED_DOMAIN = /^[a-z0-9.\u0080-\u{10ffff}-]+$/iu
const A_LABEL_DOMAIN = /^(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{2,63}(?<!-)$/
const ALL_DIGITS = /^\d+$/

/**
 * Parses an email address into its normal form: trimmed, NFC, local part in lower case, domain as A-labels.
 * @returns at most 254 octets, or null if the text is not an address that we accept.
 */
export function parseEmailAddress(text: string): EmailAddress | null {
  const trimmed = text.trim()
  if (trimmed.length > MAX_OCTETS || !trimmed.isWellFormed() || turnsIntoAscii(trimmed)) return null
  const composed = trimmed.normalize('NFC')
  if (FORBIDDEN.test(composed) || turnsIntoAscii(composed)) return null
  const at = composed.lastIndexOf('@')
  if (at < 1) return null
  const local = toLowerCaseSimply(composed.slice(0, at)).normalize('NFC')
  const domain = toALabels(composed.slice(at + 1))
  if (domain === null || !LOCAL_PART.test(local) || local.includes(ENCODED_WORD)) return null
  const address = `${local}@${domain}`
  if (Buffer.byteLength(local) > MAX_LOCAL_OCTETS || Buffer.byteLength(address) > MAX_OCTETS) return null
  return address as EmailAddress
}

function toALabels(domain: string): string | null {
  if (!TYPED_DOMAIN.test(domain)) return null
  const ascii = domainToASCII(domain)
  const lastLabel = ascii.slice(ascii.lastIndexOf('.') + 1)
  return A_LABEL_DOMAIN.test(ascii) && !ALL_DIGITS.test(lastLabel) && isLabelByLabel(domain, ascii) ? ascii : null
}

/** Returns true if each non-ASCII label became one A-label, so that the conversion dropped and split nothing. */
function isLabelByLabel(domain: string, ascii: string): boolean {
  const labels = ascii.split('.')
  const typed = domain.split('.')
  return (
    labels.length === typed.length &&
    typed.every((label, index) => !/[^\0-\u007f]/.test(label) || labels[index]?.startsWith('xn--'))
  )
}

/** Returns true if the compatibility form of a non-ASCII character contains ASCII, or if it means a dot (UTS #46). */
function turnsIntoAscii(text: string): boolean {
  for (const character of text) {
    if (character <= '\u007f') continue
    const folded = character.normalize('NFKC').toLowerCase().normalize('NFKC')
    if (/[\0-\u007f\u3002]/u.test(folded)) return true
  }
  return false
}

/**
 * Returns the simple lowercase mapping (Unicode Standard section 4.2) of each character. `toLowerCase` of the whole text
 * would depend on the neighbours: a capital sigma at the end of a word would become another letter.
 */
function toLowerCaseSimply(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join('')
}
