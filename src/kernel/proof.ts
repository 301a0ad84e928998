import type { UserId } from './ids.ts'
import type { Method } from './principal.ts'

declare const completeBrand: unique symbol

/**
 * Proof of a user's identity, with all steps of the login done. Only this value starts a session. Only
 * `login/login-attempt.ts` creates it, from an attempt without open steps.
 */
export interface CompleteLogin {
  readonly userId: UserId
  /** The user's security epoch when the proofs were checked. */
  readonly securityEpoch: number
  readonly methods: readonly Method[]
  readonly [completeBrand]: true
}
