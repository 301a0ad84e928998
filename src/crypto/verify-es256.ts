import { verify } from 'node:crypto'
import type { Es256Key } from './es256.ts'

/**
 * Returns the claims of a JWT that one of our keys signed, or null. The algorithm is always ES256, also if the header of the JWT
 * names another one, and keys are found only by the `kid` of the header (RFC 8725 section 3.1). The caller checks the claims, also the expiry.
 * @param typ the kind of JWT (RFC 8725 section 3.11); null: an ID token, whose header names none, or `JWT`.
 */
export function verifyEs256(
  keys: readonly Pick<Es256Key, 'publicJwk' | 'publicKey'>[],
  jwt: string,
  typ: string | null,
): Readonly<Record<string, unknown>> | null {
  const [header = '', payload = '', signature = '', ...rest] = jwt.split('.')
  const { alg, kid, typ: given = null } = parse(header) ?? {}
  const key = keys.find(({ publicJwk }) => publicJwk.kid === kid)
  const isOfKind = given === typ || (typ === null && given === 'JWT')
  if (rest.length > 0 || alg !== 'ES256' || !isOfKind || key === undefined) return null
  const data = Buffer.from(`${header}.${payload}`)
  const isValid = verify(
    'sha256',
    data,
    { key: key.publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
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
