import type { TokenHash } from '../crypto/token.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { UserId } from '../kernel/ids.ts'
import type { ClientInfo, Method } from '../kernel/principal.ts'

/** A login in progress, as it is stored: of its token, the hash only. Times are milliseconds since 1970 UTC. */
export interface LoginAttemptRecord {
  readonly tokenHash: TokenHash
  /** Null: an attempt for an account that does not exist; it can never be completed. */
  readonly userId: UserId | null
  /** The user's security epoch when the attempt began. */
  readonly securityEpoch: number
  /** Rounds still open, in order: any one method of the first round goes on. */
  readonly openRounds: readonly (readonly Method[])[]
  /** Methods proven so far, in the order proven. */
  readonly provenMethods: readonly Method[]
  readonly remember: boolean
  readonly client: ClientInfo
  /** SHA-256 of the device id that the attempt began with; null: the browser carried no device cookie. */
  readonly deviceHash: string | null
  /** Wrong answers so far. */
  readonly tries: number
  readonly createdAt: number
  readonly expiresAt: number
}

/** What a login in progress asks of storage. Each method is one transaction. */
export interface LoginAttemptStore {
  /**
   * Stores an attempt with its effects. False, and nothing stored, when the user is gone or disabled or the security epoch
   * has moved on.
   */
  begin(record: LoginAttemptRecord, effectsOf: EffectsOf): Promise<boolean>
  /**
   * One indexed read. Null when there is none, it has expired at `now`, its user is gone or disabled, or the security epoch
   * has moved on.
   */
  find(tokenHash: TokenHash, now: number): Promise<LoginAttemptRecord | null>
  /**
   * Counts an answer before it is checked. False when `maxTries` are spent or the attempt is gone or expired: then nothing
   * may be checked.
   */
  countTry(tokenHash: TokenHash, maxTries: number, now: number): Promise<boolean>
  /**
   * Records a proven step and gives its try back. False when another request changed the attempt since it was read, or it
   * has ended.
   */
  prove(
    attempt: LoginAttemptRecord,
    proven: Pick<LoginAttemptRecord, 'openRounds' | 'provenMethods'>,
    now: number,
  ): Promise<boolean>
  /** Ends an attempt. */
  end(tokenHash: TokenHash): Promise<void>
  /** Deletes attempts that have expired, at most `limit`; returns how many. */
  sweep(now: number, limit: number): Promise<number>
}
