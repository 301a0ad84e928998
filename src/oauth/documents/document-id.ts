/*
 * Client ids that are URLs: the app describes itself in the document there (draft-ietf-oauth-client-id-metadata-document section 3).
 * All other client ids are UUIDs.
 */

const MAX_LENGTH = 300

/**
 * Returns true for the URL of a document, written as browsers write it, so that one document has one name. Refused on purpose: a
 * query, a fragment, a user, a URL without a path.
 */
export function isDocumentId(text: string): boolean {
  if (!text.startsWith('https://') || text.length > MAX_LENGTH || !/^[\x21-\x7e]+$/.test(text)) return false
  const url = URL.parse(text)
  if (url === null || url.href !== text || url.pathname === '/') return false
  return url.username === '' && url.password === '' && !/[?#\\]/.test(text)
}
