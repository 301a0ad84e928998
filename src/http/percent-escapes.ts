/** Returns false if a text has a percent escape that is not valid UTF-8 (RFC 3986 section 2.1). */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
