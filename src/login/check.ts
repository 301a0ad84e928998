import type { PasswordProof } from '../passwords/prove-password.ts'
import type { Caller } from '../throttle/throttle.ts'

/** The email and the password that were typed. */
export interface Typed {
  readonly email: string
  readonly password: string
}

/**
 * A check that a login passes after its first proof. It returns the proof, or another one in its place, and throws the
 * refusal that ends the login.
 */
export type LoginCheck = (proof: PasswordProof, typed: Typed, caller: Caller) => Promise<PasswordProof>
