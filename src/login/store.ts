import type { TokenHash } from '../crypto/token.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { ClientInfo, Method } from '../kernel/principal.ts'

/** A login in progress, as stored. Of its token, only the hash is stored. Times are milliseconds since 1970 UTC. */
export interface LoginAttemptRecord {
  readonly tokenHash: TokenHash
  /**
   * Null if the account does not exist, or if only the proof will show the user, as with a discoverable passkey. The row of such an
   * attempt is never proven or completed: the request that took its challenge continues without it.
   */
  readonly userId: UserId | null
  /** The user's security epoch when the attempt began. */
  readonly securityEpoch: number
  /** Rounds that are still open, in order. Any one method of the first round proves it. */
  readonly openRounds: readonly (readonly Method[])[]
  /** Methods proven so far, in the order proven. */
  readonly provenMethods: readonly Method[]
  readonly remember: boolean
  readonly client: ClientInfo
  /** SHA-256 of the device id that the attempt began with; null if the browser sent no device cookie. */
  readonly deviceHash: string | null
  /**
   * SHA-256 of the secret that the open step was asked with: of a WebAuthn challenge, or of the token in an email. Null if there is
   * none, or if it was taken.
   */
  readonly challengeHash: string | null
  /** The email address that a code was sent to, also if no account has it. Null: the attempt sent no code. */
  readonly email: EmailAddress | null
  /** Wrong answers so far. */
  readonly tries: number
  readonly createdAt: number
  readonly expiresAt: number
}

/** Storage of login attempts. Each method is one transaction. */
export interface LoginAttemptStore {
  /**
   * Stores an attempt with its effects. Returns false and stores nothing if the user is deleted or disabled, or if the
   * security epoch has increased.
   */
  begin(record: LoginAttemptRecord, effectsOf: EffectsOf): Promise<boolean>
  /**
   * Returns an attempt, with one indexed read. Returns null if it does not exist or has expired at `now`, if its user
   * is deleted or disabled, or if the security epoch has increased.
   */
  find(tokenHash: TokenHash, now: number): Promise<LoginAttemptRecord | null>
  /**
   * Counts an answer before it is checked. Returns false if `maxTries` answers were already counted, or if the attempt
   * is missing or expired; then the answer must not be checked.
   */
  countTry(tokenHash: TokenHash, maxTries: number, now: number): Promise<boolean>
  /**
   * Sets the challenge of an attempt in place of an older one. Returns false if the attempt is missing or expired.
   */
  setChallenge(tokenHash: TokenHash, challengeHash: string, now: number): Promise<boolean>
  /**
   * Removes the challenge of an attempt: of all requests that take it at the same moment, on all nodes, one gets the
   * attempt. Returns null if the attempt has another challenge or none, or if it is missing or expired. It does not check the user.
   */
  takeChallenge(tokenHash: TokenHash, challengeHash: string, now: number): Promise<LoginAttemptRecord | null>
  /**
   * Records a proven step and uncounts its answer. Returns false if another request changed the attempt since it was
   * read, or if the attempt ended.
   */
  prove(
    attempt: LoginAttemptRecord,
    proven: Pick<LoginAttemptRecord, 'openRounds' | 'provenMethods'>,
    now: number,
  ): Promise<boolean>
  /** Deletes an attempt. */
  end(tokenHash: TokenHash): Promise<void>
  /** Deletes expired attempts, at most `limit`; returns their number. */
  sweep(now: number, limit: number): Promise<number>
}
