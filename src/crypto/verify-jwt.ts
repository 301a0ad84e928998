import type { SigningKey } from './signing-key.ts'

/**
 * Returns the claims of a JWT that one of our keys signed, or null. A key is found only by the `kid` of the header, and has
 * one algorithm, which the header must name (RFC 8725 section 3.1). The caller checks the claims, also the expiry.
 * @param typ the kind of JWT (RFC 8725 section 3.11); null: an ID token, whose header names none, or `JWT`.
 */
export function verifyJwt(
  keys: readonly Pick<SigningKey, 'publicJwk' | 'isSignature'>[],
  jwt: string,
  typ: string | null,
): Readonly<Record<string, unknown>> | null {
  const [header = '', payload = '', signature = '', ...rest] = jwt.split('.')
  const { alg, kid, typ: given = null } = parse(header) ?? {}
  const key = keys.find(({ publicJwk }) => publicJwk.kid === kid)
  const isOfKind = given === typ || (typ === null && given === 'JWT')
  if (rest.length > 0 || !isOfKind || key === undefined || alg !== key.publicJwk.alg) return null
  const isValid = key.isSignature(Buffer.from(`${header}.${payload}`), Buffer.from(signature, 'base64url'))
  return isValid ? parse(payload) : null
}

function parse(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
