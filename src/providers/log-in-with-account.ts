import { requestVerification, type VerificationDeps, type VerifyEmailMode } from '../accounts/request-verification.ts'
import type { Stamp } from '../kernel/event.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type FinishLoginDeps, finishLogin, type LoginOutcome } from '../login/finish-login.ts'
import { beginLogin, proveStep } from '../login/login-attempt.ts'
import { LOGIN_REFUSALS } from '../login/refusals.ts'
import { roundsAfterPassword } from '../login/step.ts'
import { provenTry } from '../throttle/password-tries.ts'
import type { AccountLogin } from './account-login.ts'
import { type AdmitDeps, admitAccount } from './admit-account.ts'
import type { IdentityUses } from './identity-uses.ts'
import { methodOf } from './provider.ts'
import { providerRefused } from './provider-errors.ts'
import { refuseProviderLogin } from './refuse-provider-login.ts'

/** Dependencies of `logInWithAccount`. */
export interface LogInWithAccountDeps extends AdmitDeps, FinishLoginDeps, VerificationDeps {
  readonly verifyEmailMode: VerifyEmailMode
  readonly identityUses: IdentityUses
}

/**
 * Logs the user of an identity in. An unknown identity registers a user, or is linked to one; see `admitAccount`. Other
 * factors of the user are still asked for: the provider stands for the password.
 * @returns null if the new user must verify the email address first.
 * @throws Refusal `provider_refused` if the proof was used before or the user is disabled; the refusals of `admitAccount`;
 *   `email_not_verified`.
 */
export async function logInWithAccount(
  deps: LogInWithAccountDeps,
  login: AccountLogin,
  stamp: Stamp,
): Promise<LoginOutcome | null> {
  const { provider, account, caller } = login
  const spent = await deps.identities.spend(login.proof, account)
  if (spent === null) throw providerRefused('the proof was used before')
  const { owner: known, isAddressFree } = spent
  const owner =
    known === null ? await admitAccount(deps, { ...login, isAddressFree }, stamp) : { ...known, issued: null }
  if (owner === null) return null
  const { user, securityEpoch, identityId, issued } = owner
  const { id: userId } = user
  const subject = { userId, securityEpoch }
  if (issued !== null) return { status: 'complete', issued, deviceUser: subject }
  if (user.disabledAt !== null) throw await refuseProviderLogin(deps, { userId, reason: 'disabled' }, stamp)
  if (deps.verifyEmailMode === 'required' && !user.emailVerified) {
    await requestVerification(deps, user, stamp)
    throw new Refusal(LOGIN_REFUSALS.email_not_verified)
  }
  const method = methodOf(provider)
  const rounds = [[method], ...(await roundsAfterPassword(deps.secondFactors, subject, login.rememberedTokens))]
  const attempt = proveStep(beginLogin(subject, rounds), method)
  const isNew = known === null
  const tried = provenTry(deps.throttle, caller, subject)
  const outcome = await finishLogin(
    deps,
    {
      user,
      attempt,
      stored: null,
      remember: login.remember,
      caller,
      // A person who has just registered or linked got another email.
      tried: { ...tried, isKnownDevice: tried.isKnownDevice || isNew },
      replaces: login.replaces,
      provenAt: account.loggedInAt,
    },
    stamp,
  )
  deps.identityUses.add({ id: identityId, lastUsedAt: deps.clock() })
  return outcome
}
