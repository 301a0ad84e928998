import { sign } from 'node:crypto'
import { MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import type { ClientSecret } from './provider.ts'

const LIFE_MS = 5 * MINUTE_MS

/**
 * Signs the client secret of Apple: a JWT of ES256 that lives five minutes.
 * @param now milliseconds since 1970 UTC.
 * @see https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
 */
export function signAppleSecret(
  { teamId, keyId, privateKey }: ClientSecret & { readonly kind: 'apple' },
  clientId: string,
  now: number,
): string {
  const issuedAt = Math.floor(now / SECOND_MS)
  const header = encode({ alg: 'ES256', kid: keyId })
  const claims = encode({
    iss: teamId,
    iat: issuedAt,
    exp: issuedAt + LIFE_MS / SECOND_MS,
    aud: 'https://appleid.apple.com',
    sub: clientId,
  })
  const signature = sign('sha256', Buffer.from(`${header}.${claims}`), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${header}.${claims}.${signature.toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
