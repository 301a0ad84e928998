import type { Es256Key } from './es256.ts'

/**
 * Returns claims as a signed JWT in compact form (RFC 7519).
 * @param typ the kind of JWT, so that one kind is never taken for another (RFC 8725 section 3.11).
 */
export function signEs256(key: Pick<Es256Key, 'publicJwk' | 'sign'>, typ: string, claims: object): string {
  const data = `${encode({ alg: 'ES256', typ, kid: key.publicJwk.kid })}.${encode(claims)}`
  return `${data}.${key.sign(Buffer.from(data)).toString('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
