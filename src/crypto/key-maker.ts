import { deriveEd25519Keys } from './ed25519.ts'
import { deriveEs256Keys } from './es256.ts'
import { deriveRs256Keys } from './rs256.ts'
import type { SigningAlgorithm, SigningKey } from './signing-key.ts'

/** Derives the keys of one purpose from the secrets, for each generation. */
export interface KeyMaker {
  /** Prepares the keys of a generation, which may take a few tenths of a second. */
  prepare(salt: string): Promise<void>
  /** Returns the keys of a generation that was prepared: those of the first algorithm first, and of each the newest secret first. */
  keys(salt: string): readonly SigningKey[]
}

/**
 * Creates a maker of keys. Tested by signing-keys.test.ts.
 * @param secrets newest first.
 * @param purpose separates keys: what one purpose signs does not verify for another.
 * @param algorithms the first one signs; the others stay public.
 */
export function createKeyMaker(
  secrets: readonly Uint8Array[],
  purpose: string,
  algorithms: readonly SigningAlgorithm[],
): KeyMaker {
  const rsa = new Map<string, readonly SigningKey[]>()
  const derive = (algorithm: SigningAlgorithm, salt: string): readonly SigningKey[] => {
    if (algorithm === 'ES256') return deriveEs256Keys(secrets, purpose, salt)
    return algorithm === 'EdDSA' ? deriveEd25519Keys(secrets, purpose, salt) : (rsa.get(salt) ?? [])
  }
  return {
    async prepare(salt) {
      if (!algorithms.includes('RS256') || rsa.has(salt)) return
      rsa.set(salt, await deriveRs256Keys(secrets, purpose, salt))
    },
    keys: (salt) => algorithms.flatMap((algorithm) => derive(algorithm, salt)),
  }
}
