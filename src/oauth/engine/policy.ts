/*
 * When a request must wait for the user. The login and the proof of identity are ours, with the one clock of freshness: what
 * `prompt=login` and `max_age` ask for is satisfied by a proof after the person began, however long the pauses were.
 */
import type { interactionPolicy, KoaContextWithOIDC } from 'oidc-provider'
import { type Clock, SECOND_MS } from '../../kernel/clock.ts'
import { currentScope } from './engine-scope.ts'
import type { EngineModule } from './load-engine.ts'

/** Returns the policy: log in, prove the identity again, decide. */
export function createPolicy(
  { interactionPolicy: { Check, Prompt }, errors }: EngineModule,
  clock: Clock,
): interactionPolicy.Prompt[] {
  const login = new Prompt(
    { name: 'login', requestable: true },
    new Check('no_session', 'the user must log in', 'login_required', () => currentScope().principal === null),
    new Check('proof_too_old', 'the user must prove their identity', 'login_required', (ctx) =>
      isProofTooOld(ctx, clock),
    ),
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
  )
  return [login, consent]
}

function isProofTooOld({ oidc }: KoaContextWithOIDC, clock: Clock): boolean {
  const { principal, startedAt } = currentScope()
  if (principal === null) return false
  const { authenticatedAt } = principal.session
  if (startedAt !== null && authenticatedAt >= startedAt) return false
  const { max_age: maxAge } = oidc.params ?? {}
  if (oidc.prompts.has('login')) return true
  return maxAge !== undefined && clock() - authenticatedAt > Number(maxAge) * SECOND_MS
}
