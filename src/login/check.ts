import type { PasswordProof } from '../passwords/prove-password.ts'
import type { Caller } from '../throttle/throttle.ts'

/** The email address and the password as typed. */
export interface Typed {
  readonly email: string
  readonly password: string
}

/**
 * A check that runs after the first proof of a login. It returns the proof, or a different one that replaces it, or
 * throws the refusal that stops the login.
 */
export type LoginCheck = (proof: PasswordProof, typed: Typed, caller: Caller) => Promise<PasswordProof>
