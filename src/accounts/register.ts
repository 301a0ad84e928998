import type { Note } from '../kernel/event.ts'
import type { Principal, User } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import { beginLogin, completeLogin, proveStep } from '../login/login-attempt.ts'
import { findOneTimeToken, newOneTimeToken } from '../mail/one-time-token.ts'
import type { OneTimeToken } from '../mail/store.ts'
import { type IssuedSession, newSession } from '../sessions/new-session.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { takeMailBudget, withRegisterTry } from '../throttle/other-tries.ts'
import type { Attempt, Throttle } from '../throttle/throttle.ts'
import { type AcceptedUser, acceptUser, type CreateUserDeps, type CreateUserInput, createUser } from './create-user.ts'
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
  readonly replaces: Principal | null
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

/** A user who may be made. */
interface Admitted {
  readonly accepted: AcceptedUser
  readonly invitation: OneTimeToken | undefined
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
    readonly replaces: Principal | null
  },
  note: Note,
): Promise<IssuedSession & { readonly user: User }> {
  let issued: IssuedSession | undefined
  const user = await createUser(deps, accepted, {
    note,
    extras(newUser) {
      // Whoever sets the password has proven to know it.
      const attempt = proveStep(beginLogin({ userId: newUser.id, securityEpoch: 0 }), 'password')
      const { record, ...session } = newSession(deps, { login: completeLogin(attempt), remember: false, client })
      issued = session
      const { id: sessionId, methods } = record.session
      const proof = deps.verifyEmailMode === 'optional' ? newVerification(deps, newUser) : undefined
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

function endOf({ user, session }: Principal, note: Note): ReturnType<Note> {
  return note({ type: 'session.revoked', userId: user.id, sessionId: session.id })
}

/** Makes a user without a session, or tells the owner of the account that there is: the same answer, after the same work. */
async function registerUnverified(deps: RegisterDeps, { accepted, invitation }: Admitted, note: Note): Promise<null> {
  try {
    await createUser(deps, accepted, {
      note,
      extras(newUser) {
        const { record, mails } = newVerification(deps, newUser)
        const events = [note({ type: 'email.verification_requested', userId: newUser.id })]
        return { verification: record, invitation, told: { events, mails } }
      },
    })
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'email_taken')) throw error
    await tellOwner(deps, accepted, note)
  }
  return null
}

async function tellOwner(deps: RegisterDeps, { email, password }: AcceptedUser, note: Note): Promise<void> {
  await deps.hasher.hash(password) // what a new account costs
  const owner = await deps.users.findByEmail(email)
  const mayMail = await takeMailBudget(deps.throttle, 'account_exists', email)
  if (mayMail && owner !== null && owner.disabledAt === null && !owner.emailVerified) {
    const { record, mails } = newVerification(deps, owner)
    const requested = note({ type: 'email.verification_requested', userId: owner.id })
    return deps.tokens.issue([record], () => ({ events: [requested], mails }))
  }
  const content = { kind: 'account_exists', loginLink: deps.links.login, resetLink: deps.links.forgotPassword } as const
  const mails =
    !mayMail || owner === null || owner.disabledAt !== null
      ? deps.mail.writeNone(content)
      : deps.mail.write({ to: email, userId: owner.id, content })
  const { record } = newOneTimeToken(deps.clock, { purpose: 'email_verify', userId: null, email: null })
  return deps.tokens.issue([record], () => ({ events: [], mails }))
}
