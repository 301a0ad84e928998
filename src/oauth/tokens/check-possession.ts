import { MINUTE_MS } from '../../kernel/clock.ts'
import type { Limit } from '../../throttle/limits.ts'
import type { Throttle } from '../../throttle/throttle.ts'
import { PROOF_WINDOW_MS, type RequestTarget, readDpopProof } from './dpop-proof.ts'

/** A token that was sent with the scheme DPoP (RFC 9449 section 7.1). */
export interface Possession {
  /** The header DPoP; empty if it is absent. */
  readonly proof: string
  /** The request that the proof must be for; null: unknown. */
  readonly target: RequestTarget | null
}

/** A proof is worth something once, on all nodes, for as long as its time is accepted. */
const ONCE: Limit = {
  name: 'dpop',
  maxTries: 1,
  keepMs: 2 * PROOF_WINDOW_MS + MINUTE_MS,
  keptSince: 'first',
  freeTries: 1,
  waitsMs: [],
}

/** Dependencies of `hasPossession`. */
export interface PossessionDeps {
  readonly throttle: Pick<Throttle, 'store' | 'keyOf' | 'clock'>
}

/** Returns true if a token that is bound to a key came with a new proof of the key. Each proof costs one write. */
export async function hasPossession(
  { throttle: { store, keyOf, clock } }: PossessionDeps,
  thumbprint: string,
  { token, proof: text, target }: Possession & { readonly token: string },
): Promise<boolean> {
  const now = clock()
  const proof = target === null ? null : readDpopProof(text, target, { token, now })
  if (proof?.thumbprint !== thumbprint) return false
  const { outcome } = await store.take(keyOf(ONCE, thumbprint, proof.id), ONCE, now)
  return outcome === 'counted'
}
