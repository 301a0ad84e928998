/** The ways to log in besides a password, as the settings of the instance allow them. */
export interface FirstProofs {
  /** True if passkeys are on. */
  readonly passkeys: boolean
  /** True if a code by email logs in to an existing account. */
  readonly emailLogin: boolean
  /** The ids of the providers. An identity of another provider does not log in. */
  readonly providers: readonly string[]
}
