import { defineCalls, json } from '../../kernel/define-calls.ts'
import type { StepRequiredJson } from '../../login/wire.ts'
import type { CompleteJson, SessionJson } from '../../sessions/wire.ts'

/** Body of `POST /login/email`. */
export interface EmailLoginBody {
  readonly email: string
  /** True: the session survives the restart of the browser. */
  readonly remember?: boolean | undefined
}

/** Body of a call that takes the code or the token of an email: one of the two. */
export interface EmailAnswerBody {
  /** The eight digits, typed in the browser that asked. */
  readonly code?: string | undefined
  /** The token of the link. */
  readonly token?: string | undefined
}

/** The calls that log in, and confirm an identity, with a code or a link from an email. */
export const emailCodeCalls = defineCalls({
  'POST /login/email': {
    name: 'login.email',
    access: 'anyone',
    body: json<EmailLoginBody>(),
    answer: null,
    refusals: ['too_many_requests'],
  },
  'POST /login/email/confirm': {
    name: 'login.confirmEmail',
    access: 'anyone',
    body: json<EmailAnswerBody>(),
    answer: json<CompleteJson | StepRequiredJson>(),
    refusals: ['attempt_ended', 'wrong_code', 'too_many_requests'],
  },
  'POST /reauthenticate/email': {
    name: 'reauthenticateWith.email',
    access: 'session',
    answer: null,
    refusals: ['second_factor_required', 'too_many_requests'],
  },
  'POST /reauthenticate/email/confirm': {
    name: 'reauthenticateWith.confirmEmail',
    access: 'session',
    body: json<EmailAnswerBody>(),
    answer: json<{ readonly session: SessionJson }>(),
    refusals: ['attempt_ended', 'wrong_code', 'second_factor_required', 'too_many_requests'],
  },
})
