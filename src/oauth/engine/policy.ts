/*
 * When a request must wait for the user. The login and the proof of identity are ours, with the one clock of freshness: what
 * `prompt=login` and `max_age` ask for is satisfied by a proof after the person began, however long the pauses were.
 */
import type { interactionPolicy, KoaContextWithOIDC } from 'oidc-provider'
import { type Clock, SECOND_MS } from '../../kernel/clock.ts'
import type { SecondFactors } from '../../kernel/login-step.ts'
import { hasSecondFactor } from '../../sessions/freshness.ts'
import { ACR_VALUES, toAcr } from '../amr.ts'
import { isUnprovenApp } from '../clients/redirect-uri.ts'
import { currentScope } from './engine-scope.ts'
import type { EngineModule } from './load-engine.ts'

/** Dependencies of the policy. */
export interface PolicyDeps {
  readonly clock: Clock
  readonly secondFactors: Pick<SecondFactors, 'steps'>
}

/** Returns the policy: log in, prove the identity again, decide. */
export function createPolicy(
  { interactionPolicy: { Check, Prompt }, errors }: EngineModule,
  deps: PolicyDeps,
): interactionPolicy.Prompt[] {
  const login = new Prompt(
    { name: 'login', requestable: true },
    new Check('no_session', 'the user must log in', 'login_required', () => currentScope().principal === null),
    new Check('proof_too_old', 'the user must prove their identity', 'login_required', (ctx) =>
      isProofTooOld(ctx, deps),
    ),
    new Check('acr_too_low', 'the user must prove a second factor', 'login_required', (ctx) => isAcrTooLow(ctx, deps)),
    new Check('id_token_hint', 'another user is logged in', 'login_required', ({ oidc }) => {
      const hint = oidc.entities.IdTokenHint?.payload.sub
      if (hint === undefined || hint === oidc.session?.accountId) return Check.NO_NEED_TO_PROMPT
      throw new errors.LoginRequired('another user is logged in')
    }),
  )
  login.checks.remove('login_prompt') // `proof_too_old` takes its place
  const consent = new Prompt(
    { name: 'consent', requestable: true },
    new Check('scopes_missing', 'the user must allow access', 'consent_required', ({ oidc }) => {
      const allowed = new Set(oidc.entities.Grant?.getOIDCScope().split(' '))
      return [...oidc.requestParamScopes].some((scope) => !allowed.has(scope))
    }),
    new Check(
      'native_client',
      'the user must allow each authorization of this app',
      'interaction_required',
      ({ oidc }) => {
        const { client, params, result } = oidc
        if (client?.clientAuthMethod !== 'none' || result?.consent !== undefined) return Check.NO_NEED_TO_PROMPT
        return isUnprovenApp(client.redirectUris ?? [], String(params?.redirect_uri))
      },
    ),
  )
  return [login, consent]
}

/** An app that prefers the higher level gets it if the user has a second factor; otherwise the ID token says what was reached (RFC 9470). */
async function isAcrTooLow({ oidc }: KoaContextWithOIDC, { secondFactors }: PolicyDeps): Promise<boolean> {
  const { principal } = currentScope()
  const wanted = String(oidc.params?.acr_values ?? '').split(' ')
  const preferred = wanted.find((value) => ACR_VALUES.some((known) => known === value))
  if (principal === null || preferred !== 'aal2' || toAcr(principal.session.methods) === 'aal2') return false
  return !(await hasSecondFactor(secondFactors, principal.session))
}

/** An app that names an age wants what `fresh` means: also the second factor that the user set up. */
async function isProofTooOld({ oidc }: KoaContextWithOIDC, { clock, secondFactors }: PolicyDeps): Promise<boolean> {
  const { principal, startedAt } = currentScope()
  if (principal === null) return false
  const { authenticatedAt } = principal.session
  const hasProved = startedAt !== null && authenticatedAt >= startedAt
  if (oidc.prompts.has('login') && !hasProved) return true
  const { max_age: maxAge } = oidc.params ?? {}
  if (maxAge === undefined) return false
  const isOld = clock() - authenticatedAt > Number(maxAge) * SECOND_MS
  return (isOld && !hasProved) || !(await hasSecondFactor(secondFactors, principal.session))
}
