const MAX_LENGTH = 200
/**
 * What has no place in a line: control and format characters (the bidirectional overrides of UAX #9 among them), lone
 * surrogates, private characters, line and paragraph separators. The two joiners stay: names of many scripts need them.
 */
const UNSEEN = /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]--\p{Join_Control}]/gv

/**
 * Makes one harmless line of a text that somebody else may have written: for subjects, display names and the values in a
 * mail. Blanks and line breaks become one space, what cannot be seen is dropped, at most 200 code points are kept. What
 * looks like the start of an encoded word (RFC 2047) is taken apart: mail clients would decode all of this again.
 */
export function headerText(text: string): string {
  const line = text.replace(/\s+/gu, ' ').replace(UNSEEN, '').replaceAll('=?', '= ?').replace(/ +/g, ' ').trim()
  return [...line].slice(0, MAX_LENGTH).join('').trimEnd()
}
