import { FIRST_SECURITY_EPOCH, storeUser } from '../accounts/create-user.ts'
import { accountExistsContent } from '../accounts/mails/account-exists.ts'
import { ACCOUNT_REFUSALS } from '../accounts/refusals.ts'
import { newVerification, type VerificationDeps, type VerifyEmailMode } from '../accounts/request-verification.ts'
import type { UserStore } from '../accounts/store.ts'
import { nameSchema } from '../accounts/user-name.ts'
import type { AuditStore } from '../audit/store.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { NewIdentity } from '../kernel/identity.ts'
import type { SecondFactors } from '../kernel/login-step.ts'
import type { IssuedSession, User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { findOneTimeToken } from '../one-time-tokens/one-time-token.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import { type FirstSession, newFirstSession } from '../registration/first-session.ts'
import { REGISTRATION_REFUSALS } from '../registration/refusals.ts'
import type { Registration } from '../registration/settings.ts'
import type { SessionSettings } from '../sessions/settings.ts'
import { takeMailBudget, withRegisterTry } from '../throttle/other-tries.ts'
import type { AccountLogin } from './account-login.ts'
import type { IdentityEvent } from './events.ts'
import { methodOf } from './provider.ts'
import type { ProviderProfile } from './provider-client.ts'
import { PROVIDER_REFUSALS } from './refusals.ts'
import type { IdentityOwner } from './store.ts'

/** Dependencies of `registerAccount`. */
export interface RegisterAccountDeps extends VerificationDeps {
  readonly users: UserStore
  readonly audit: AuditStore
  readonly registration: Registration
  readonly verifyEmailMode: VerifyEmailMode
  readonly secondFactors: SecondFactors
  readonly sessionSettings: SessionSettings
}

/** The user of an identity that is new here. */
export interface AdmittedOwner extends IdentityOwner {
  /** The session that was stored with a new user; null: the login continues. */
  readonly issued: IssuedSession | null
}

/** A registration with an account at a provider. */
export interface AccountRegistration {
  readonly login: AccountLogin
  readonly profile: ProviderProfile
  readonly identity: NewIdentity
  readonly address: EmailAddress
}

/**
 * Registers a user without a password, and starts the first session in the same transaction unless a second factor is required.
 * The address is verified only if the provider is authoritative for it.
 * @returns null if the user must verify the address first.
 * @throws Refusal `registration_closed`, `token_invalid` (the invitation), `too_many_requests`; `link_required` if the address
 *   was taken in the meantime, or another user can still take it back.
 */
export async function registerAccount(
  deps: RegisterAccountDeps,
  registration: AccountRegistration,
  stamp: Stamp,
): Promise<AdmittedOwner | null> {
  return withRegistration(deps, registration, (invitation) => store(deps, { ...registration, invitation }, stamp))
}

/**
 * Answers a registration of an address that has an account as if it had none, and tells its owner by email.
 * @throws the same refusals as `registerAccount`, so that they reveal nothing (DESIGN promise 7).
 */
export async function registerTaken(
  deps: RegisterAccountDeps,
  registration: Pick<AccountRegistration, 'login' | 'address'>,
): Promise<null> {
  return withRegistration(deps, registration, async (invitation) => {
    if (invitation !== undefined && !(await deps.oneTimeTokens.exchange(invitation, [], onlyEvents())))
      throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid)
    await tellOwner(deps, registration.address)
    return null
  })
}

/** Runs a registration if the service, the invitation and the budget of the network allow it. */
async function withRegistration<Result>(
  deps: RegisterAccountDeps,
  { login: { caller, invitation: text }, address }: Pick<AccountRegistration, 'login' | 'address'>,
  work: (invitation: OneTimeToken | undefined) => Promise<Result>,
): Promise<Result> {
  if (deps.registration === 'closed') throw new Refusal(REGISTRATION_REFUSALS.registration_closed)
  return withRegisterTry(deps.throttle, { ...caller, operation: 'register' }, async () =>
    work(await requireInvitation(deps, text, address)),
  )
}

async function requireInvitation(
  deps: RegisterAccountDeps,
  text: string | null,
  address: EmailAddress,
): Promise<OneTimeToken | undefined> {
  if (text === null) {
    if (deps.registration === 'open') return undefined
    throw new Refusal(REGISTRATION_REFUSALS.registration_closed, { detail: 'Registration requires an invitation.' })
  }
  const invitation = await findOneTimeToken(deps, ['invitation'], text)
  if (invitation.email === null || invitation.email === address) return invitation
  throw new Refusal(REGISTRATION_REFUSALS.registration_closed, { detail: 'The invitation is for another address.' })
}

async function store(
  deps: RegisterAccountDeps,
  {
    login,
    profile,
    identity,
    address,
    invitation,
  }: AccountRegistration & { readonly invitation: OneTimeToken | undefined },
  stamp: Stamp,
): Promise<AdmittedOwner | null> {
  const { isAuthoritative: emailVerified } = profile.email
  const { id: identityId, provider } = identity
  const mustWait = deps.verifyEmailMode === 'required' && !emailVerified
  let issued: IssuedSession | null = null
  const name = nameSchema.safeParse(profile.name).data ?? null // an invalid name does not stop the login
  try {
    const user = await storeUser(
      deps,
      { email: address, name, passwordHash: null, events: [] },
      {
        stamp,
        emailVerified,
        async extras(newUser) {
          const asks = !emailVerified && deps.verifyEmailMode !== 'off'
          const proof = asks ? await newVerification(deps, newUser) : null
          const first = mustWait || deps.secondFactors.isRequired ? null : firstSession(deps, newUser, login, stamp)
          issued = first?.issued ?? null
          const linked: IdentityEvent = { type: 'identity.linked', userId: newUser.id, identityId, provider }
          const effects = { events: [stamp(linked), ...(first?.events ?? [])], mails: proof?.mails ?? [] }
          return { ...first?.stored, identity, invitation, verification: proof?.record, effects }
        },
      },
    )
    if (mustWait) return null
    return { identityId, user: { ...user, disabledAt: null }, securityEpoch: FIRST_SECURITY_EPOCH, issued }
  } catch (error) {
    if (!(error instanceof Refusal && error.code === ACCOUNT_REFUSALS.email_taken.code)) throw error
    throw new Refusal(PROVIDER_REFUSALS.link_required, { reason: 'the address was taken in the meantime' })
  }
}

function firstSession(
  deps: RegisterAccountDeps,
  user: User,
  { provider, account, caller: { client }, remember, replaces }: AccountLogin,
  stamp: Stamp,
): FirstSession {
  const login = { method: methodOf(provider), client, remember, provenAt: account.loggedInAt, replaces }
  return newFirstSession(deps, user, login, stamp)
}

/** Tells the owner of an account by email about a registration with its address. */
async function tellOwner(
  { outbox, links, throttle, users, audit }: RegisterAccountDeps,
  email: EmailAddress,
): Promise<void> {
  const owner = await users.findByEmail(email)
  const mayMail = !outbox.isOff && (await takeMailBudget(throttle, 'account_exists', email))
  if (owner === null || owner.disabledAt !== null || !mayMail) return
  await audit.write({
    events: [],
    mails: outbox.write({ to: email, userId: owner.id, content: accountExistsContent(links) }),
  })
}
