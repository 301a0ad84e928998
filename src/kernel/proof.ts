import type { UserId } from './ids.ts'
import type { Method } from './principal.ts'

declare const completeBrand: unique symbol

/**
 * Proof that somebody is a user, with no step left open. Only such a value starts a session:
 * `login/login-attempt.ts` makes it from an attempt without open steps, and nothing else may.
 */
export interface CompleteLogin {
  readonly userId: UserId
  /** The user's security epoch when the proofs were checked. */
  readonly securityEpoch: number
  readonly methods: readonly Method[]
  readonly [completeBrand]: true
}
