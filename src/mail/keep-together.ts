/** The word email of German and French, but not in an address or a URL: a reader may copy these. */
const EMAIL_WORD = /(?<![\p{L}\p{N}@./_+-])(e)-(mail)(?![\p{L}\p{N}._+-]*@)(?!\.\p{L})/giu

/** Returns a text in which the word email is not broken at its hyphen. */
export function keepTogether(text: string): string {
  return text.replace(EMAIL_WORD, '$1\u2011$2')
}
