import type { SigningKey } from './signing-key.ts'

/**
 * Returns claims as a signed JWT in compact form (RFC 7519).
 * @param typ the kind of JWT, so that one kind is never taken for another (RFC 8725 section 3.11).
 */
export function signJwt(
  { publicJwk, sign }: Pick<SigningKey, 'publicJwk' | 'sign'>,
  typ: string,
  claims: object,
): string {
  const { alg, kid } = publicJwk
  const data = `${encode({ alg, typ, kid })}.${encode(claims)}`
  return `${data}.${sign(Buffer.from(data)).toString('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
