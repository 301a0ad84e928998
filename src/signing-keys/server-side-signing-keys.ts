import { randomBytes } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import { withIsoTimes } from '../kernel/iso-times.ts'
import type { SigningKeyEvent } from './events.ts'
import type { KeyRing } from './key-ring.ts'
import type { SigningKeyStore } from './store.ts'

/** Calls about the keys that sign, for the application itself. HTTP requests cannot reach them. */
export interface ServerSideSigningKeys {
  /**
   * Rotates the keys that sign ID tokens, JWT access tokens and identities of forward-auth. The new keys sign from now on, on all nodes within
   * a second or two. The old ones stay at `/auth/jwks.json` until the last token that they signed has expired.
   * @returns when that is, in milliseconds since 1970 UTC.
   */
  rotate(): Promise<{ readonly oldKeysEndAt: number }>
}

/** Dependencies of the calls. */
export interface SigningKeyDeps {
  readonly signingKeys: Pick<SigningKeyStore, 'add'>
  readonly clock: Clock
  readonly ring: Pick<KeyRing, 'read'>
  /** Time for which replaced keys stay public, in milliseconds. */
  readonly overlapMs: number
}

const SALT_BYTES = 16

/** Creates the server-side calls about keys. */
export function createServerSideSigningKeys(
  { signingKeys, clock, ring, overlapMs }: SigningKeyDeps,
  stamp: Stamp<SigningKeyEvent>,
): ServerSideSigningKeys {
  return {
    async rotate() {
      const wanted = { salt: randomBytes(SALT_BYTES).toString('base64url'), createdAt: clock() }
      const rotated = stamp({ type: 'signing_keys.rotated', userId: null })
      const { createdAt } = await signingKeys.add(wanted, onlyEvents(rotated))
      await ring.read()
      return withIsoTimes({ oldKeysEndAt: createdAt + overlapMs })
    },
  }
}
