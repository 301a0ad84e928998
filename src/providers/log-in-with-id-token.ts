import type { Stamp } from '../kernel/event.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { LoginOutcome } from '../login/finish-login.ts'
import type { AccountLogin } from './account-login.ts'
import { hashOf } from './flow-state.ts'
import { type LogInWithAccountDeps, logInWithAccount } from './log-in-with-account.ts'
import type { AppProof } from './provider-client.ts'
import type { ReadyProvider } from './provider-list.ts'

/** The ID token of an app, and the app. */
export type IdTokenLogin = Omit<AccountLogin, 'provider' | 'account' | 'proof'> & { readonly appProof: AppProof }

/**
 * Logs a user in with an ID token that an app got from the SDK of the provider. A token is used once.
 * @throws Refusal as `logInWithAccount`; `not_found` if the provider has no ID tokens.
 */
export async function logInWithIdToken(
  deps: LogInWithAccountDeps,
  { provider, client }: ReadyProvider,
  { appProof, ...login }: IdTokenLogin,
  stamp: Stamp,
): Promise<LoginOutcome | null> {
  if (client.checkIdToken === null) throw new Refusal('not_found', { detail: 'This provider has no ID tokens.' })
  const { account, claimedNonce, expiresAt } = await client.checkIdToken(appProof)
  const hash = hashOf(`id token ${account.issuer} ${claimedNonce}`)
  return logInWithAccount(deps, { ...login, provider, account, proof: { hash, expiresAt } }, stamp)
}
