import { defineCalls, json } from '../kernel/define-calls.ts'
import type { SessionJson } from '../sessions/wire.ts'

/** Body of `POST /password/change`. */
export interface ChangePasswordBody {
  /** Absent: the first password of an account without one, in a fresh session. */
  readonly currentPassword?: string | undefined
  readonly newPassword: string
}

/** Body of `POST /password/reset`. */
export interface ResetPasswordBody {
  /** The token of the email. */
  readonly token: string
  readonly password: string
}

/** The calls that change and reset the password. */
export const passwordCalls = defineCalls({
  'POST /password/change': {
    name: 'password.change',
    access: 'session',
    body: json<ChangePasswordBody>(),
    answer: json<{ readonly session: SessionJson }>(),
    refusals: ['wrong_password', 'reauthentication_required', 'too_many_requests', 'overloaded'],
  },
  'POST /password/forgot': {
    name: 'password.forgot',
    access: 'anyone',
    body: json<{ readonly email: string }>(),
    answer: null,
    refusals: ['too_many_requests'],
  },
  'POST /password/reset': {
    name: 'password.reset',
    access: 'anyone',
    body: json<ResetPasswordBody>(),
    answer: null,
    refusals: ['token_invalid', 'overloaded'],
  },
})
