import { sign, verify } from 'node:crypto'
import { deriveSeeds } from './derive-keys.ts'
import { toPrivateKey, toPublicJwk, toPublicKey } from './jwt.ts'
import type { SigningKey } from './signing-key.ts'

/**
 * Derives one key for EdDSA with Ed25519 (RFC 8037) per secret. Tested by signing-keys.test.ts.
 * @param secrets newest first; the first key signs.
 * @param purpose separates keys: what one purpose signs does not verify for another.
 * @param salt separates generations of keys. It need not be secret.
 */
export function deriveEd25519Keys(secrets: readonly Uint8Array[], purpose: string, salt: string): SigningKey[] {
  return deriveSeeds(secrets, `${purpose} EdDSA`, { salt }).map((seed) => {
    const privateKey = toPrivateKey(seed)
    const publicKey = toPublicKey(privateKey)
    return {
      publicJwk: { ...toPublicJwk(privateKey) },
      publicKey,
      sign: (data) => sign(null, data, privateKey),
      isSignature: (data, signature) => verify(null, data, publicKey, signature),
    }
  })
}
