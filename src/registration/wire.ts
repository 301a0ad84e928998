import { defineCalls, json } from '../kernel/define-calls.ts'
import type { StepRequiredJson } from '../login/wire.ts'
import type { CompleteJson } from '../sessions/wire.ts'

/** Body of `POST /register`. */
export interface RegisterBody {
  readonly email: string
  readonly password: string
  readonly name?: string | undefined
  /** Token of an invitation, if the service requires one. */
  readonly invitation?: string | undefined
}

/** A registration that waits until the user opens the link in the email. */
export interface VerificationRequiredJson {
  readonly status: 'verification_required'
}

/** The call that registers a user. */
export const registrationCalls = defineCalls({
  'POST /register': {
    name: 'register',
    access: 'anyone',
    body: json<RegisterBody>(),
    answer: json<CompleteJson | StepRequiredJson | VerificationRequiredJson>(),
    refusals: ['registration_closed', 'email_taken', 'token_invalid', 'too_many_requests', 'overloaded'],
  },
})
