/*
 * A login in progress, as a pure value: the rounds of proof that are open, and the methods that are proven. It has its
 * own type and is never a session: half a login is nothing. `login/store.ts` stores an attempt that waits for its next
 * proof.
 */
import type { UserId } from '../kernel/ids.ts'
import type { Method } from '../kernel/principal.ts'
import type { CompleteLogin } from '../kernel/proof.ts'

/** A round of proof. Any one of its methods proves the round. */
export type Round = readonly Method[]

const ENROLMENT = 'enrol:'

/** Returns the word in a round that asks for the enrolment of a method. It is never among the proven methods. */
export function toEnrolment(method: Method): Method {
  return `${ENROLMENT}${method}`
}

/** Returns the method that a word asks to enrol, or null if it asks for a proof. */
export function enrolledBy(word: Method): Method | null {
  return word.startsWith(ENROLMENT) ? word.slice(ENROLMENT.length) : null
}

/** The user of a login, and their security epoch when the first proof was checked. */
export interface LoginSubject {
  readonly userId: UserId
  readonly securityEpoch: number
}

/** A login in progress. */
export interface LoginAttempt extends LoginSubject {
  /** Rounds still open, in order. */
  readonly openRounds: readonly Round[]
  /** Methods proven so far, in the order proven. */
  readonly provenMethods: readonly Method[]
}

/** Creates a login attempt; all its rounds are open. */
export function beginLogin({ userId, securityEpoch }: LoginSubject, rounds: readonly Round[]): LoginAttempt {
  return { userId, securityEpoch, openRounds: rounds, provenMethods: [] }
}

/**
 * Records a proven method. Only the first open round can be proven, so no round is skipped or repeated (ASVS 2.3.1).
 * @throws Error if the method is not in that round.
 */
export function proveStep(attempt: LoginAttempt, method: Method): LoginAttempt {
  const [round, ...later] = attempt.openRounds
  if (!round?.includes(method)) throw new Error(`The step ${method} is not open in this login attempt`)
  return { ...attempt, openRounds: later, provenMethods: [...attempt.provenMethods, method] }
}

/** Returns true if no round is open and at least one method is proven. */
export function isComplete({ openRounds, provenMethods }: LoginAttempt): boolean {
  return openRounds.length === 0 && provenMethods.length > 0
}

/** Returns the proof that starts a session. Throws an Error if the attempt is not complete: it fails closed. */
export function completeLogin(attempt: LoginAttempt): CompleteLogin {
  const { userId, securityEpoch, openRounds, provenMethods } = attempt
  if (!isComplete(attempt)) {
    throw new Error(`This login attempt is not complete: ${openRounds.flat().join(', ') || 'nothing'} is open`)
  }
  return { userId, securityEpoch, methods: provenMethods } as CompleteLogin // the brand exists only in the types
}
