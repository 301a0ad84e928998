import type { UserId } from '../kernel/ids.ts'
import type { Method } from '../kernel/principal.ts'
import type { CompleteLogin } from '../kernel/proof.ts'

/** A proof that a login asks for. A later kind of proof adds its name here and a step, not a second login. */
export type Step = Method

/** A login under way. It is its own type and never a session: half a login is nothing. */
export interface LoginAttempt {
  readonly userId: UserId
  readonly securityEpoch: number
  readonly openSteps: readonly Step[]
  readonly provenSteps: readonly Step[]
}

/** Whose login it is, and where their security epoch stood when their credentials were read. */
export interface LoginSubject {
  readonly userId: UserId
  readonly securityEpoch: number
}

/** Begins a login with every step open. */
export function beginLogin(subject: LoginSubject, steps: readonly Step[] = ['password']): LoginAttempt {
  return { ...subject, openSteps: steps, provenSteps: [] }
}

/** Closes a step. A step that is not open cannot be proven: steps are neither skipped nor repeated (ASVS 2.3.1). */
export function proveStep(attempt: LoginAttempt, step: Step): LoginAttempt {
  if (!attempt.openSteps.includes(step)) throw new Error(`The step ${step} is not open in this login attempt`)
  return {
    ...attempt,
    openSteps: attempt.openSteps.filter((open) => open !== step),
    provenSteps: [...attempt.provenSteps, step],
  }
}

/** The proof that starts a session. Fails closed: an attempt with an open step, or with no step at all, is not complete. */
export function completeLogin({ userId, securityEpoch, openSteps, provenSteps }: LoginAttempt): CompleteLogin {
  if (openSteps.length > 0 || provenSteps.length === 0) {
    throw new Error(`This login attempt is not complete: ${openSteps.join(', ') || 'nothing'} is open`)
  }
  return { userId, securityEpoch, methods: provenSteps } as CompleteLogin // the brand exists in types only
}
