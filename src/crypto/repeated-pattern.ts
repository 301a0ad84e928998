/** A shorter text that is repeated is a pattern: one byte, `changeme`, half of the bytes twice. */
const LONGEST_PATTERN_BYTES = 16

/** Returns true if the bytes of a secret are a short pattern that repeats, so that a person typed it (CWE-1391). */
export function isRepeatedPattern(bytes: Uint8Array): boolean {
  return Array.from({ length: LONGEST_PATTERN_BYTES }, (_, index) => index + 1).some((length) =>
    bytes.every((byte, index) => byte === bytes[index % length]),
  )
}
