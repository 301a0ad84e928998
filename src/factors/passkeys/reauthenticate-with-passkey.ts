import { onlyEvents } from '../../kernel/effects.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { IssuedSession, SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { LoginEvent } from '../../login/events.ts'
import type { PasswordEvent } from '../../passwords/events.ts'
import { planRotation } from '../../sessions/rotate-session.ts'
import { requireSecurityEpoch } from '../../sessions/security-epoch.ts'
import type { SessionDeps } from '../../sessions/start-session.ts'
import { requestOptions } from './ceremony-options.ts'
import { passkeyRefused } from './refusals.ts'
import { noPasskey } from './remove-passkey.ts'
import { giveChallenge, type SessionChallengeDeps, takeChallenge } from './session-challenge.ts'
import { type UsePasskeyDeps, usePasskey } from './use-passkey.ts'
import type { AssertionJson, RequestOptionsJson } from './wire.ts'

/** Dependencies of `reauthenticateWithPasskey`. */
export interface ReauthenticateWithPasskeyDeps extends UsePasskeyDeps, SessionChallengeDeps, SessionDeps {}

/** The principal that confirms their identity, the token of its session, and the answer of the authenticator. */
export interface ReauthenticateWithPasskeyInput {
  readonly principal: SessionPrincipal
  readonly sessionToken: string
  readonly credential: AssertionJson
}

/** Returns the options to confirm an identity. Throws `not_found` if the user has no passkey. */
export async function reauthenticateOptions(
  deps: ReauthenticateWithPasskeyDeps,
  principal: SessionPrincipal,
): Promise<RequestOptionsJson> {
  const own = await deps.passkeys.list(principal.user.id)
  if (own.length === 0) throw noPasskey()
  return requestOptions(deps.rp, await giveChallenge(deps, principal, 'reauthenticate'), own)
}

/**
 * Confirms the identity of the user with a passkey, so that the session is fresh again. The session keeps its id and gets a new
 * token.
 * @throws Refusal `passkey_refused`, after which the session stays valid; `unauthenticated` if the session was revoked in the
 *   meantime.
 */
export async function reauthenticateWithPasskey(
  deps: ReauthenticateWithPasskeyDeps,
  input: ReauthenticateWithPasskeyInput,
  stamp: Stamp,
): Promise<IssuedSession> {
  const { principal, sessionToken } = input
  const { id: sessionId, userId } = principal.session
  const securityEpoch = await requireSecurityEpoch(deps, sessionToken)
  const { clientDataJSON: clientDataJson } = input.credential.response
  const challenge = await takeChallenge(deps, principal, { purpose: 'reauthenticate', clientDataJson })
  await prove(deps, input, { challenge, stamp }).catch(async (error: unknown) => {
    const refused: PasswordEvent = { type: 'reauthentication.refused', userId, sessionId, reason: 'wrong_passkey' }
    if (error instanceof Refusal) await deps.audit.write({ events: [stamp(refused)] })
    throw error
  })
  const planned = planRotation(principal, sessionToken, deps.clock(), { method: 'passkey' })
  const succeeded: LoginEvent = { type: 'reauthentication.succeeded', userId, sessionId }
  const isRotated = await deps.sessions.rotate(planned.rotation, securityEpoch, onlyEvents(stamp(succeeded)))
  if (!isRotated) throw new Refusal('unauthenticated', { reason: 'the session was revoked in the meantime' })
  return planned.issued
}

async function prove(
  deps: ReauthenticateWithPasskeyDeps,
  { principal, credential }: ReauthenticateWithPasskeyInput,
  { challenge, stamp }: { readonly challenge: string; readonly stamp: Stamp },
): Promise<void> {
  const found = await deps.passkeys.findByCredentialId(credential.id)
  if (found === null || found.user.id !== principal.user.id) throw passkeyRefused('not a passkey of this user')
  await usePasskey(deps, { credential, challenge, found, needsUserHandle: false }, stamp)
}
