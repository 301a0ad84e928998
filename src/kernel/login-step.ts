import type { UserId } from './ids.ts'
import type { Method } from './principal.ts'

/** A login in progress, as a step sees it. */
export interface AttemptView {
  /** Null: the attempt is for an account that does not exist. */
  readonly userId: UserId | null
  readonly provenMethods: readonly Method[]
}

/**
 * A proof that a login asks for after the first one. A step decides who has it and whether an answer is right. Everything
 * else is the same for all steps and lives in `login/`: the attempt, its limits, its expiry and the session.
 */
export interface LoginStep {
  /** Its word in `steps` and in `session.methods`. */
  readonly method: Method
  /** Returns true if the user set it up. */
  isEnrolled(user: UserId): Promise<boolean>
  /** Prepares the step, for example with a challenge. Default: nothing. */
  begin?(attempt: AttemptView): Promise<void>
  /** Returns true if the answer proves the user of the attempt. */
  prove(attempt: AttemptView, answer: unknown): Promise<boolean>
}
