const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The 64 characters of crypt(3), in which a character's place is its value. */
export function crypt64Value(character: string): number {
  return ALPHABET.indexOf(character)
}

/** Writes up to three bytes as crypt(3) does: six bits a character, the lowest bits first. */
export function toCrypt64(value: number, characters: number): string {
  let text = ''
  for (let rest = value; text.length < characters; rest >>= 6) text += ALPHABET.charAt(rest & 63)
  return text
}
