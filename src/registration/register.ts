import {
  acceptUser,
  type CreateUserDeps,
  type CreateUserInput,
  FIRST_SECURITY_EPOCH,
  storeUser,
} from '../accounts/create-user.ts'
import type { AccountEvent } from '../accounts/events.ts'
import { ACCOUNT_REFUSALS } from '../accounts/refusals.ts'
import { newVerification, type VerificationDeps, type VerifyEmailMode } from '../accounts/request-verification.ts'
import type { Stamp } from '../kernel/event.ts'
import type { SecondFactors } from '../kernel/login-step.ts'
import type { IssuedSession, SessionPrincipal } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import type { LoginEvent } from '../login/events.ts'
import { beginAttempt, type StepRequired } from '../login/finish-login.ts'
import { beginLogin, proveStep } from '../login/login-attempt.ts'
import { enrolmentRound } from '../login/step.ts'
import type { LoginAttemptStore } from '../login/store.ts'
import { findOneTimeToken } from '../one-time-tokens/one-time-token.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import type { SessionEvent } from '../sessions/events.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { takeHashPlace } from '../throttle/hash-places.ts'
import { withRegisterTry } from '../throttle/other-tries.ts'
import type { Caller, Throttle } from '../throttle/throttle.ts'
import { newFirstSession } from './first-session.ts'
import { REGISTRATION_REFUSALS } from './refusals.ts'
import { type Admitted, registerUnverified } from './register-unverified.ts'
import type { Registration } from './settings.ts'

/** Events that a registration can cause. */
export type RegistrationEvent = AccountEvent | LoginEvent | PasswordEvent | SessionEvent

/** Dependencies of `registerAs`. */
export interface RegisterAsDeps extends Pick<CreateUserDeps, 'users' | 'clock'>, SessionDeps, VerificationDeps {
  readonly registration: Registration
  readonly verifyEmailMode: VerifyEmailMode
  readonly throttle: Throttle
  readonly loginAttempts: LoginAttemptStore
  readonly secondFactors: SecondFactors
}

/** Dependencies of `register`. */
export interface RegisterDeps extends RegisterAsDeps, CreateUserDeps {}

/** Input for the new user, the caller, and the session of the same browser that the new one replaces. */
export interface RegisterInput extends CreateUserInput {
  readonly invitation?: string | undefined
  readonly caller: Caller
  readonly replaces: SessionPrincipal | null
}

/**
 * Creates a user with a password, and their first session.
 * @returns null if the address must be verified first; the open step if the user must set up a second factor.
 * @throws Refusal `registration_closed`, `validation_failed`, `token_invalid` (the invitation), `too_many_requests`;
 *   `email_taken`, unless verification is required.
 */
export async function register(
  deps: RegisterDeps,
  input: RegisterInput,
  stamp: Stamp<RegistrationEvent>,
): Promise<IssuedSession | StepRequired | null> {
  if (deps.registration === 'closed') throw new Refusal(REGISTRATION_REFUSALS.registration_closed)
  return withRegisterTry(deps.throttle, input.caller, () => admit(deps, input, stamp))
}

async function admit(
  deps: RegisterDeps,
  input: RegisterInput,
  stamp: Stamp<RegistrationEvent>,
): ReturnType<typeof register> {
  const found = await requireInvitation(deps, input.invitation)
  const { email, name, password, events } = await acceptUser(deps, input, stamp)
  const invitation = requireInvitedEmail(found, email)
  const { caller, replaces } = input
  // Registrations of an address must not use up the hashes for logins of its owner.
  const subject = { account: `register ${email}`, isKnown: false }
  const place = takeHashPlace(deps.throttle, subject, { caller, userId: null })
  const credential = async () => ({ passwordHash: await deps.hasher.hash(password, place) })
  const registrant = { email, name, events, method: 'password', credential }
  if (deps.secondFactors.isRequired && deps.verifyEmailMode !== 'required')
    return registerAndEnrol(deps, { registrant, invitation, caller }, stamp)
  return registerAs(deps, { registrant, invitation, client: caller.client, replaces }, stamp)
}

/** A registration that is allowed, its client, and the session of the same browser that the new one replaces. */
export interface RegisterAsInput extends Admitted {
  readonly client: Caller['client']
  readonly replaces: SessionPrincipal | null
}

/**
 * Creates a user and their first session, in one transaction. If email addresses must be verified first, no session
 * starts, and the answer is the same whether or not the address has an account; an email informs its owner.
 * @returns null if the address must be verified first.
 * @throws Refusal `token_invalid` if the invitation was used in the meantime; `email_taken`, unless verification is required.
 */
export async function registerAs(
  deps: RegisterAsDeps,
  input: RegisterAsInput,
  stamp: Stamp<RegistrationEvent>,
): Promise<IssuedSession | null> {
  // An invitation does not verify an address, not even the one that it was emailed to: its creator has the link too.
  if (deps.verifyEmailMode === 'required') return registerUnverified(deps, input, stamp)
  return registerAndLogIn(deps, input, stamp)
}

/**
 * Checks that a person with this address may register.
 * @returns the invitation, if there is one.
 * @throws Refusal `registration_closed`, `token_invalid`; `validation_failed` if the invitation is for another address.
 */
export async function openRegistration(
  deps: RegisterAsDeps,
  { invitation, email }: { readonly invitation: string | undefined; readonly email: string },
): Promise<OneTimeToken | undefined> {
  if (deps.registration === 'closed') throw new Refusal(REGISTRATION_REFUSALS.registration_closed)
  return requireInvitedEmail(await requireInvitation(deps, invitation), email)
}

function requireInvitedEmail(invitation: OneTimeToken | undefined, email: string): OneTimeToken | undefined {
  const invitedEmail = invitation?.email ?? null
  if (invitedEmail === null || invitedEmail === email) return invitation
  throw invalidMember('#/email', 'Must be the address that the invitation was sent to.', { code: 'invited_email' })
}

async function requireInvitation(deps: RegisterAsDeps, text: string | undefined): Promise<OneTimeToken | undefined> {
  if (text !== undefined) return findOneTimeToken(deps, ['invitation'], text)
  if (deps.registration === 'invite') {
    throw new Refusal(REGISTRATION_REFUSALS.registration_closed, { detail: 'Registration requires an invitation.' })
  }
  return undefined
}

/** Creates a user whose session starts after they set up a second factor. */
async function registerAndEnrol(
  deps: RegisterAsDeps,
  { registrant, invitation, caller }: Admitted & { readonly caller: Caller },
  stamp: Stamp<RegistrationEvent>,
): Promise<StepRequired> {
  if ((await deps.users.findByEmail(registrant.email)) !== null) throw new Refusal(ACCOUNT_REFUSALS.email_taken)
  const ready = { ...registrant, ...(await registrant.credential()) }
  const { id: userId } = await storeUser(deps, ready, {
    stamp,
    async extras(newUser) {
      const proof = deps.verifyEmailMode === 'optional' ? await newVerification(deps, newUser) : null
      return { verification: proof?.record, invitation, effects: { events: [], mails: proof?.mails ?? [] } }
    },
  })
  const { method } = registrant
  const rounds = [[method], enrolmentRound(deps.secondFactors.steps)]
  const attempt = proveStep(beginLogin({ userId, securityEpoch: FIRST_SECURITY_EPOCH }, rounds), method)
  const waiting = await beginAttempt(deps, { attempt, remember: false, caller })
  if (waiting === null) throw new Error('The account of a registration changed at the moment it was created')
  return waiting
}

async function registerAndLogIn(
  deps: RegisterAsDeps,
  { registrant, invitation, client, replaces }: RegisterAsInput,
  stamp: Stamp<RegistrationEvent>,
): Promise<IssuedSession> {
  if ((await deps.users.findByEmail(registrant.email)) !== null) throw new Refusal(ACCOUNT_REFUSALS.email_taken)
  const ready = { ...registrant, ...(await registrant.credential()) }
  let issued: IssuedSession | undefined
  await storeUser(deps, ready, {
    stamp,
    async extras(newUser) {
      const first = newFirstSession(
        deps,
        newUser,
        { method: registrant.method, client, remember: false, replaces },
        stamp,
      )
      issued = first.issued
      const proof = deps.verifyEmailMode === 'optional' ? await newVerification(deps, newUser) : null
      const effects = { events: first.events, mails: proof?.mails ?? [] }
      return { ...first.stored, verification: proof?.record, invitation, effects }
    },
  })
  if (issued === undefined) throw new Error('storeUser did not request the extras of the user')
  return issued
}
