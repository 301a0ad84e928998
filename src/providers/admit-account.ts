/*
 * The first login of an identity. The identity is never found by its email address, but the address decides what a new
 * identity may do:
 *
 *   no account has the address            register, if registration is open
 *   the provider is authoritative for it, and the account verified it       link
 *   the provider is authoritative for it, and the account never verified it     claim: everything that the stranger set up ends
 *   anything else                         refuse: log in first, then link
 *
 * Against classic pre-hijacking (Sudhodanan and Paverd 2022) and nOAuth. Proven by test/http/providers.test.ts.
 */
import type { UserRecord, UserStore } from '../accounts/store.ts'
import type { AuditStore } from '../audit/store.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { PasswordCredential, PasswordStore } from '../passwords/store.ts'
import { newIdentity } from './account-identity.ts'
import type { AccountLogin } from './account-login.ts'
import { type ClaimDeps, claimAccount } from './claim-account.ts'
import { type LinkDeps, linkIdentity } from './link-identity.ts'
import type { ProviderProfile } from './provider-client.ts'
import { PROVIDER_REFUSALS } from './refusals.ts'
import { refuseProviderLogin } from './refuse-provider-login.ts'
import { type AdmittedOwner, type RegisterAccountDeps, registerAccount, registerTaken } from './register-account.ts'
import type { SpentIdentity } from './store.ts'

/** Dependencies of `admitAccount`. */
export interface AdmitDeps extends RegisterAccountDeps, LinkDeps, ClaimDeps {
  readonly users: UserStore
  readonly passwords: PasswordStore
  readonly audit: AuditStore
}

/** The first login of an identity. */
type NewAccountLogin = AccountLogin & Pick<SpentIdentity, 'isAddressFree'>

/** Refusals of an identity that another request may have stored in the meantime. */
const RACED: readonly string[] = [
  PROVIDER_REFUSALS.link_required.code,
  PROVIDER_REFUSALS.identity_taken.code,
  PROVIDER_REFUSALS.provider_refused.code,
]

/**
 * Finds or creates the user of an identity that is new here.
 * @param login `isAddressFree`: no account has the address of the identity.
 * @returns null if the new user must verify the email address first.
 * @throws Refusal `provider_without_email`, `link_required`, `registration_closed`, `token_invalid` (the invitation),
 *   `provider_unavailable`, `too_many_requests`.
 */
export async function admitAccount(
  deps: AdmitDeps,
  login: NewAccountLogin,
  stamp: Stamp,
): Promise<AdmittedOwner | null> {
  try {
    return await admit(deps, login, stamp)
  } catch (error) {
    if (!(error instanceof Refusal && RACED.includes(error.code))) throw error
    // The same account may have logged in for the first time in another tab at the same moment.
    const owner = await deps.identities.find(login.account)
    if (owner === null) throw error
    return { ...owner, issued: null }
  }
}

async function admit(deps: AdmitDeps, login: NewAccountLogin, stamp: Stamp): Promise<AdmittedOwner | null> {
  const { provider, account, isAddressFree } = login
  const profile = await account.profile()
  const { address } = profile.email
  if (address === null) throw new Refusal(PROVIDER_REFUSALS.provider_without_email)
  const identity = newIdentity(deps.clock, provider, account, profile)
  const found = isAddressFree ? null : await deps.passwords.findByEmail(address)
  if (found === null) return registerAccount(deps, { login, profile, identity, address }, stamp)
  return adopt(deps, { login, profile, found, address, identity }, stamp)
}

interface Adoption {
  readonly login: AccountLogin
  readonly profile: ProviderProfile
  /** The account that has the address. */
  readonly found: PasswordCredential
  readonly address: EmailAddress
  readonly identity: ReturnType<typeof newIdentity>
}

async function adopt(
  deps: AdmitDeps,
  { login, profile, found, address, identity }: Adoption,
  stamp: Stamp,
): Promise<AdmittedOwner | null> {
  const { provider } = login
  const { user, securityEpoch } = found
  if (!profile.email.isAuthoritative) {
    // An unverified address must not reveal whether it has an account, if registration does not either.
    if (deps.verifyEmailMode !== 'required' || profile.email.isVerified) throw linkRequired()
    return registerTaken(deps, { login, address })
  }
  if (found.disabled) throw await refuseProviderLogin(deps, { userId: user.id, reason: 'disabled' }, stamp)
  const owner = { userId: user.id, securityEpoch }
  const epoch = user.emailVerified
    ? await linkIdentity(deps, { user, owner, identity, providerName: provider.name }, stamp)
    : await claimAccount(deps, { user, owner, identity, provider }, stamp)
  const record: UserRecord = { ...user, emailVerified: true, disabledAt: null }
  return { identityId: identity.id, user: record, securityEpoch: epoch, issued: null }
}

function linkRequired(): Refusal {
  return new Refusal(PROVIDER_REFUSALS.link_required)
}
