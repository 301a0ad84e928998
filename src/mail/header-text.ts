const MAX_LENGTH = 200
/**
 * Characters that do not belong in a line: control and format characters (the bidirectional overrides of UAX #9 among
 * them), lone surrogates, private characters, line and paragraph separators. The two joiners stay, because names in many
 * scripts need them.
 */
const UNSEEN = /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]--\p{Join_Control}]/gv

/**
 * Turns untrusted text into one harmless line, for subjects, display names and values in an email. Whitespace and line
 * breaks become one space, invisible characters are removed, and the line is cut at 200 code points. The start of an
 * encoded word (RFC 2047) is split, because mail clients would decode it.
 */
export function headerText(text: string): string {
  const line = text.replace(/\s+/gu, ' ').replace(UNSEEN, '').replaceAll('=?', '= ?').replace(/ +/g, ' ').trim()
  return [...line].slice(0, MAX_LENGTH).join('').trimEnd()
}
