/** The parts of the client data (WebAuthn Level 3, section 5.8.1) that are read before the library verifies them. */
export interface ClientData {
  readonly challenge: string
}

const CHALLENGE = /^[\w-]{43}$/

/**
 * Reads the challenge from client data, to take it from the storage before anything is verified. Refuses ceremonies in a frame of
 * another origin: the library accepts them if the browser does not name the outer page.
 * @returns null if the data is malformed or from such a frame.
 */
export function readClientData(clientDataJson: string): ClientData | null {
  const data = parse(clientDataJson)
  if (data === null || (data.crossOrigin ?? false) !== false || data.topOrigin !== undefined) return null
  const { challenge } = data
  return typeof challenge === 'string' && CHALLENGE.test(challenge) ? { challenge } : null
}

function parse(clientDataJson: string): Readonly<Record<string, unknown>> | null {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString('utf8'))
    return typeof data === 'object' && data !== null ? { ...data } : null
  } catch {
    return null
  }
}
