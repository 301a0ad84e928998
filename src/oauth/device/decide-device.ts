import { SECOND_MS } from '../../kernel/clock.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import type { Stamp } from '../../kernel/event.ts'
import { newOAuthGrantId, type SessionId } from '../../kernel/ids.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { Caller } from '../../throttle/throttle.ts'
import { toAcr, toAmr } from '../amr.ts'
import type { Decider } from '../consent/decide-consent.ts'
import { proofOf } from '../engine/engine-scope.ts'
import { newFamily } from '../engine/family.ts'
import type { OAuthEvent } from '../events.ts'
import { OAUTH_REFUSALS } from '../refusals.ts'
import type { OAuthGrant } from '../store.ts'
import { type DeviceDeps, type DeviceRequest, findDeviceRequest } from './find-device-request.ts'

/** The decision of a user about a device. */
export interface DeviceDecision {
  /** The code that the device shows. */
  readonly userCode: string
  readonly decision: 'allow' | 'deny'
}

/**
 * Stores what the user decided about a device; the device learns of it when it asks next. The tokens of the device belong to the
 * user and the session that allowed it. Of two decisions about one code, the first counts.
 * @throws Refusal `device_code_ended`, `too_many_requests`, `unavailable`.
 */
export async function decideDevice(
  deps: DeviceDeps,
  { userCode, decision }: DeviceDecision,
  decider: Decider,
  { caller, stamp }: { readonly caller: Caller; readonly stamp: Stamp<OAuthEvent> },
): Promise<DeviceRequest> {
  const request = await findDeviceRequest(deps, userCode, decider.principal, caller)
  const { stored } = request
  const grant = decision === 'allow' ? await allow(deps, request, decider, stamp) : null
  const result =
    grant === null
      ? { error: 'access_denied', errorDescription: 'the user did not allow access' }
      : approval(grant, decider)
  const token = {
    ...stored,
    ...(grant === null ? {} : { userId: grant.userId, grantId: grant.id, sessionId: boundTo(request, decider) }),
    payload: { ...stored.payload, ...result, ...(grant === null ? {} : { scope: request.scopes.join(' ') }) },
  }
  const changes = { insert: [], insertUnique: [], consume: [], remove: [], logins: [] }
  const replace = [{ token, previous: stored.payload }]
  if (!(await deps.oauthTokens.commit({ ...changes, replace }, deps.clock()))) throw ended()
  return request
}

async function allow(
  { oauthGrants, clock }: DeviceDeps,
  { client, scopes }: DeviceRequest,
  { principal, securityEpoch }: Decider,
  stamp: Stamp<OAuthEvent>,
): Promise<OAuthGrant> {
  const userId = principal.user.id
  const wanted = {
    id: newOAuthGrantId(clock),
    userId,
    clientId: client.id,
    scopes,
    redirectUris: [],
    createdAt: clock(),
    lastUsedAt: null,
  }
  const allowed = await oauthGrants.allow(wanted, securityEpoch, ({ id: grantId }) =>
    onlyEvents(stamp({ type: 'oauth_grant.allowed', userId, clientId: client.id, grantId }))(null),
  )
  if (allowed === null) throw ended()
  return allowed
}

/** Returns the session that the device code ends with; null if the tokens outlive sessions. */
function boundTo({ scopes }: DeviceRequest, { principal }: Decider): SessionId | null {
  return scopes.includes('offline_access') ? null : principal.session.id
}

/** Returns what the engine needs to know about the user who allowed a device. */
function approval({ id }: OAuthGrant, { principal: { user, session } }: Decider) {
  return {
    accountId: user.id,
    grantId: newFamily(id),
    sessionUid: session.id,
    authTime: Math.floor(session.authenticatedAt / SECOND_MS),
    amr: toAmr(session.methods),
    acr: toAcr(session.methods),
    proof: proofOf(session),
  }
}

function ended(): Refusal {
  return new Refusal(OAUTH_REFUSALS.device_code_ended)
}
