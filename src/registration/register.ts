import {
  acceptUser,
  type CreateUserDeps,
  type CreateUserInput,
  createUser,
  FIRST_SECURITY_EPOCH,
} from '../accounts/create-user.ts'
import type { AccountEvent } from '../accounts/events.ts'
import { newVerification, type VerificationDeps, type VerifyEmailMode } from '../accounts/request-verification.ts'
import type { Stamp, StampedEvent } from '../kernel/event.ts'
import type { IssuedSession, SessionPrincipal } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import type { LoginEvent } from '../login/events.ts'
import { beginLogin, completeLogin, proveStep } from '../login/login-attempt.ts'
import { findOneTimeToken } from '../one-time-tokens/one-time-token.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import type { SessionEvent } from '../sessions/events.ts'
import { newSession } from '../sessions/new-session.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { takeHashPlace } from '../throttle/hash-places.ts'
import { withRegisterTry } from '../throttle/other-tries.ts'
import type { Caller, Throttle } from '../throttle/throttle.ts'
import { REGISTRATION_REFUSALS } from './refusals.ts'
import { type Admitted, registerUnverified } from './register-unverified.ts'

/** Who may register: anyone (`open`), only with an invitation (`invite`), or no one (`closed`). */
export type Registration = 'open' | 'invite' | 'closed'

/** Events that a registration can cause. */
type RegistrationEvent = AccountEvent | LoginEvent | PasswordEvent | SessionEvent

/** Dependencies of `register`. */
export interface RegisterDeps extends CreateUserDeps, SessionDeps, VerificationDeps {
  readonly registration: Registration
  readonly verifyEmailMode: VerifyEmailMode
  readonly throttle: Throttle
}

/** Input for the new user, the caller, and the session of the same browser that the new one replaces. */
export interface RegisterInput extends CreateUserInput {
  readonly invitation?: string | undefined
  readonly caller: Caller
  readonly replaces: SessionPrincipal | null
}

/**
 * Creates a user and their first session, in one transaction. If email addresses must be verified first, no session
 * starts, and the answer is the same whether or not the address has an account; an email informs its owner.
 * @returns null if the address must be verified first.
 * @throws Refusal `registration_closed`, `validation_failed`, `token_invalid` (the invitation), `too_many_requests`;
 *   `email_taken`, unless verification is required.
 */
export async function register(
  deps: RegisterDeps,
  input: RegisterInput,
  stamp: Stamp<RegistrationEvent>,
): Promise<IssuedSession | null> {
  if (deps.registration === 'closed') throw new Refusal(REGISTRATION_REFUSALS.registration_closed)
  return withRegisterTry(deps.throttle, input.caller, () => admit(deps, input, stamp))
}

async function admit(
  deps: RegisterDeps,
  input: RegisterInput,
  stamp: Stamp<RegistrationEvent>,
): ReturnType<typeof register> {
  const invitation = await requireInvitation(deps, input.invitation)
  const accepted = await acceptUser(deps, input, stamp)
  const invitedEmail = invitation?.email ?? null
  if (invitedEmail !== null && invitedEmail !== accepted.email) {
    throw invalidMember('#/email', 'Must be the address that the invitation was sent to.', { code: 'invited_email' })
  }
  const { caller, replaces } = input
  // Registrations of an address must not use up the hashes for logins of its owner.
  const subject = { account: `register ${accepted.email}`, isKnown: false }
  const place = takeHashPlace(deps.throttle, subject, { caller, userId: null })
  const admitted = { accepted, invitation, place }
  // An invitation does not verify an address, not even the one that it was emailed to: its creator has the link too.
  if (deps.verifyEmailMode === 'required') return registerUnverified(deps, admitted, stamp)
  return registerAndLogIn(deps, { ...admitted, client: caller.client, replaces }, stamp)
}

async function requireInvitation(deps: RegisterDeps, text: string | undefined): Promise<OneTimeToken | undefined> {
  if (text !== undefined) return findOneTimeToken(deps, ['invitation'], text)
  if (deps.registration === 'invite') {
    throw new Refusal(REGISTRATION_REFUSALS.registration_closed, { detail: 'Registration requires an invitation.' })
  }
  return undefined
}

async function registerAndLogIn(
  deps: RegisterDeps,
  {
    accepted,
    invitation,
    place,
    client,
    replaces,
  }: Admitted & {
    readonly client: Caller['client']
    readonly replaces: SessionPrincipal | null
  },
  stamp: Stamp<RegistrationEvent>,
): Promise<IssuedSession> {
  let issued: IssuedSession | undefined
  await createUser(deps, accepted, {
    stamp,
    place,
    async extras(newUser) {
      // The password counts as proven, because the user just set it.
      const subject = { userId: newUser.id, securityEpoch: FIRST_SECURITY_EPOCH }
      const attempt = proveStep(beginLogin(subject, [['password']]), 'password')
      const session = newSession(deps, { user: newUser, login: completeLogin(attempt), remember: false, client })
      const { record } = session
      issued = session.issued
      const { id: sessionId, methods } = record.session
      const proof = deps.verifyEmailMode === 'optional' ? await newVerification(deps, newUser) : null
      return {
        firstSession: record,
        replaces: replaces?.session ?? null,
        verification: proof?.record,
        invitation,
        effects: {
          events: [
            stamp({ type: 'login.succeeded', userId: newUser.id, sessionId, methods }),
            ...(replaces === null ? [] : [endOf(replaces, stamp)]),
          ],
          mails: proof?.mails ?? [],
        },
      }
    },
  })
  if (issued === undefined) throw new Error('createUser did not request the extras of the user')
  return issued
}

function endOf({ user, session }: SessionPrincipal, stamp: Stamp<SessionEvent>): StampedEvent {
  return stamp({ type: 'session.revoked', userId: user.id, sessionId: session.id })
}
