import type { ZodType } from 'zod'
import type { UserId } from './ids.ts'
import type { Method } from './principal.ts'

/** The part of a login attempt that a step needs. */
export interface AttemptView {
  /** The user who logs in; null if the account does not exist. */
  readonly userId: UserId | null
  /** Methods proven so far, in the order proven. */
  readonly provenMethods: readonly Method[]
}

/**
 * A proof that a login asks for after the first one. The step decides which users have it and whether an answer is right.
 * Everything else is the same for all steps and lives in `login/`: the attempt and its limits, the route, the session.
 */
export interface LoginStep<Answer = unknown> {
  /** Name of the step in `steps` and in `session.methods`. */
  readonly method: Method
  /** Path of the route that takes the answer, below the base path: `/login/totp`. */
  readonly path: `/login/${string}`
  /** One line for the API reference. */
  readonly summary: string
  /** Validates the answer. */
  readonly body: ZodType<Answer>
  /** Returns true if the user set up this step. */
  isEnrolled(user: UserId): Promise<boolean>
  /** Returns true if the answer proves the user of the attempt. It is called only while the budget allows an attempt. */
  prove(attempt: AttemptView, answer: Answer): Promise<boolean>
}
