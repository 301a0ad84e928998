import type { EffectsOf } from '../kernel/effects.ts'

/**
 * A generation of the keys that sign. Its keys are derived from the secrets of the service and this salt, so no key is stored, and all nodes
 * have the same keys.
 */
export interface KeyGeneration {
  /** Not a secret. Empty: the first generation, which has no row. */
  readonly salt: string
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
}

/** Storage of the generations of keys. Each method is one transaction, which is committed when the method resolves. */
export interface SigningKeyStore {
  /** Returns all generations, newest first, without the first one. */
  list(): Promise<readonly KeyGeneration[]>
  /** Stores a generation, and returns it. It is newer than all others, also if a clock was wrong. */
  add(generation: KeyGeneration, effectsOf: EffectsOf): Promise<KeyGeneration>
}
