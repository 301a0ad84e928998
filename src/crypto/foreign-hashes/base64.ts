const BASE64 = /^[A-Za-z0-9+/_-]*$/

/**
 * Decodes base64 in all forms that stored hashes use: standard or URL alphabet (RFC 4648 sections 4 and 5), with or without
 * padding, and passlib's alphabet with `.` for `+`.
 * @returns the bytes, or null if the text is not base64.
 */
export function decodeBase64(text: string): Buffer | null {
  const unpadded = text.replaceAll('.', '+').replace(/={1,2}$/, '')
  if (!BASE64.test(unpadded) || unpadded.length % 4 === 1) return null
  return Buffer.from(unpadded, 'base64')
}

/** Returns base64 without its padding, as PHC strings have it; null if the text is not base64. */
export function toUnpaddedBase64(base64: string): string | null {
  const encoded = decodeBase64(base64)?.toString('base64')
  return encoded?.replace(/={1,2}$/, '') ?? null
}
