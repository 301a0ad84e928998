/* Client data (WebAuthn Level 3, section 5.8.1): what is read of it besides what the library verifies. */

const CHALLENGE = /^[\w-]{43}$/

/**
 * Reads the challenge from client data, to take it from the storage before anything is verified.
 * @returns null if the data is malformed.
 */
export function readChallenge(clientDataJson: string): string | null {
  const challenge = parse(clientDataJson)?.challenge
  return typeof challenge === 'string' && CHALLENGE.test(challenge) ? challenge : null
}

/**
 * Refuses a ceremony in a frame of another origin: the library accepts it if the browser does not name the outer page.
 * @throws Error with the problem.
 */
export function requireOwnPage(clientDataJson: string): void {
  const { crossOrigin, topOrigin } = parse(clientDataJson) ?? {}
  if ((crossOrigin ?? false) !== false || topOrigin !== undefined) throw new Error('from a frame of another origin')
}

function parse(clientDataJson: string): Readonly<Record<string, unknown>> | null {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString('utf8'))
    return typeof data === 'object' && data !== null ? { ...data } : null
  } catch {
    return null
  }
}
