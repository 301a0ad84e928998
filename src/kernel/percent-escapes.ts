/** Returns false if a text has a percent escape that is not valid UTF-8 (RFC 3986 section 2.1). */
export function isDecodable(text: string): boolean {
  try {
    // The result is used, because a bundler would remove a call that only throws.
    return decodeURIComponent(text).length >= 0
  } catch {
    return false
  }
}
