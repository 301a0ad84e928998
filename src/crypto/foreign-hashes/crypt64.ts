const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Returns the value of a character in the base64 alphabet of crypt(3), 0 to 63, or -1 for another character. */
export function crypt64Value(character: string): number {
  return ALPHABET.indexOf(character)
}

/** Encodes up to three bytes as crypt(3) does: six bits per character, the lowest bits first. */
export function toCrypt64(value: number, characters: number): string {
  let text = ''
  for (let rest = value; text.length < characters; rest >>= 6) text += ALPHABET.charAt(rest & 63)
  return text
}
