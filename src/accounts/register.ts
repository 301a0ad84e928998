import type { Note } from '../kernel/event.ts'
import type { SessionPrincipal, User } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import { beginLogin, completeLogin, proveStep } from '../login/login-attempt.ts'
import { findOneTimeToken } from '../mail/one-time-token.ts'
import type { OneTimeToken } from '../mail/store.ts'
import { type IssuedSession, newSession } from '../sessions/new-session.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { withRegisterTry } from '../throttle/other-tries.ts'
import type { Attempt, Throttle } from '../throttle/throttle.ts'
import {
  acceptUser,
  type CreateUserDeps,
  type CreateUserInput,
  createUser,
  FIRST_SECURITY_EPOCH,
} from './create-user.ts'
import { type Admitted, registerUnverified } from './register-unverified.ts'
import { newVerification, type VerificationDeps } from './request-verification.ts'

/** Who may register: anybody, whoever has an invitation, or nobody. */
export type Registration = 'open' | 'invite' | 'closed'

/** Whether an address is verified: before the first login, when its owner likes, or never. */
export type VerifyEmailMode = 'required' | 'optional' | 'off'

/** What registering works with. */
export interface RegisterDeps extends CreateUserDeps, SessionDeps, VerificationDeps {
  readonly registration: Registration
  readonly verifyEmailMode: VerifyEmailMode
  readonly throttle: Throttle
}

/** Who registers, from where, and the session that the new one takes the place of. */
export interface RegisterInput extends CreateUserInput {
  readonly invitation?: string | undefined
  readonly attempt: Attempt
  readonly replaces: SessionPrincipal | null
}

/**
 * Makes a user and their first session, in one transaction. Where the address has to be verified first there is no
 * session, and the answer is the same whether the address has an account or not; its owner is told by mail.
 * @returns null when the address has to be verified.
 * @throws registration_closed, validation_failed, token_invalid (the invitation); too_many_requests; email_taken, unless
 *   verification is required.
 */
export async function register(
  deps: RegisterDeps,
  input: RegisterInput,
  note: Note,
): Promise<(IssuedSession & { readonly user: User }) | null> {
  if (deps.registration === 'closed') throw new Refusal('registration_closed')
  return withRegisterTry(deps.throttle, input.attempt, () => admit(deps, input, note))
}

async function admit(deps: RegisterDeps, input: RegisterInput, note: Note): ReturnType<typeof register> {
  const invitation = await requireInvitation(deps, input.invitation)
  const accepted = await acceptUser(deps, input, note)
  const invitedEmail = invitation?.email ?? null
  if (invitedEmail !== null && invitedEmail !== accepted.email) {
    throw invalidMember('#/email', 'Must be the address that the invitation was sent to.')
  }
  const { attempt, replaces } = input
  const admitted = { accepted, invitation }
  // An invitation proves no address, not even the one that it was mailed to: whoever made it has the link as well.
  if (deps.verifyEmailMode === 'required') return registerUnverified(deps, admitted, note)
  return registerAndLogIn(deps, { ...admitted, client: attempt.client, replaces }, note)
}

async function requireInvitation(deps: RegisterDeps, text: string | undefined): Promise<OneTimeToken | undefined> {
  if (text !== undefined) return findOneTimeToken(deps, 'invitation', text)
  if (deps.registration === 'invite') {
    throw new Refusal('registration_closed', { detail: 'Registration takes an invitation.' })
  }
  return undefined
}

async function registerAndLogIn(
  deps: RegisterDeps,
  {
    accepted,
    invitation,
    client,
    replaces,
  }: Admitted & {
    readonly client: Attempt['client']
    readonly replaces: SessionPrincipal | null
  },
  note: Note,
): Promise<IssuedSession & { readonly user: User }> {
  let issued: IssuedSession | undefined
  const user = await createUser(deps, accepted, {
    note,
    async extras(newUser) {
      // Whoever sets the password has proven to know it.
      const attempt = proveStep(beginLogin({ userId: newUser.id, securityEpoch: FIRST_SECURITY_EPOCH }), 'password')
      const { record, ...session } = newSession(deps, { login: completeLogin(attempt), remember: false, client })
      issued = session
      const { id: sessionId, methods } = record.session
      const proof = deps.verifyEmailMode === 'optional' ? await newVerification(deps, newUser) : null
      return {
        firstSession: record,
        replaces: replaces?.session ?? null,
        verification: proof?.record,
        invitation,
        told: {
          events: [
            note({ type: 'login.succeeded', userId: newUser.id, sessionId, methods }),
            ...(replaces === null ? [] : [endOf(replaces, note)]),
          ],
          mails: proof?.mails ?? [],
        },
      }
    },
  })
  if (issued === undefined) throw new Error('createUser asked for no session')
  if (replaces !== null) deps.cache.evictSession(replaces.session)
  return { ...issued, user }
}

function endOf({ user, session }: SessionPrincipal, note: Note): ReturnType<Note> {
  return note({ type: 'session.revoked', userId: user.id, sessionId: session.id })
}
