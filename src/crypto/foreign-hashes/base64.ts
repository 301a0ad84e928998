const BASE64 = /^[A-Za-z0-9+/_-]*$/

/**
 * Decodes base64 in the spellings that hashes come in: standard or URL alphabet (RFC 4648 sections 4 and 5), padded or
 * not, and passlib's with `.` for `+`.
 * @returns null for any other text.
 */
export function decodeBase64(text: string): Buffer | null {
  const unpadded = text.replaceAll('.', '+').replace(/={1,2}$/, '')
  if (!BASE64.test(unpadded) || unpadded.length % 4 === 1) return null
  return Buffer.from(unpadded, 'base64')
}
