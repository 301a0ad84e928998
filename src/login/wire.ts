import { defineCalls, json } from '../kernel/define-calls.ts'
import type { CompleteJson, SessionJson } from '../sessions/wire.ts'

/** Body of `POST /login`. */
export interface LogInBody {
  readonly email: string
  readonly password: string
  /** True: the session survives the restart of the browser. */
  readonly remember?: boolean | undefined
}

/** An open step of a login. */
export interface StepJson {
  /** A method such as `totp` or `passkey`. Clients must ignore methods that they do not know. */
  readonly method: string
  /** True: the user must set up this method to continue; the login is complete when it is confirmed. Absent: the user proves it. */
  readonly enrol?: true | undefined
}

/** A login in progress. */
export interface LoginAttemptJson {
  /** The open steps. Any one of them continues the login. */
  readonly steps: readonly StepJson[]
  readonly expiresAt: string
}

/** A login that requires another proof. It has no session yet. */
export interface StepRequiredJson extends LoginAttemptJson {
  readonly status: 'step_required'
}

/** The calls that log a user in and confirm their identity. */
export const loginCalls = defineCalls({
  'POST /login': {
    name: 'logIn',
    access: 'anyone',
    body: json<LogInBody>(),
    answer: json<CompleteJson | StepRequiredJson>(),
    refusals: ['invalid_credentials', 'email_not_verified', 'too_many_requests', 'overloaded'],
  },
  'GET /login/attempt': {
    name: 'login.attempt',
    access: 'anyone',
    answer: json<LoginAttemptJson>(),
    refusals: ['attempt_ended'],
  },
  'POST /reauthenticate': {
    name: 'reauthenticate',
    access: 'session',
    body: json<{ readonly password: string }>(),
    answer: json<{ readonly session: SessionJson }>(),
    refusals: ['wrong_password', 'second_factor_required', 'too_many_requests', 'overloaded'],
  },
})
