import type { KeyedHash } from '../../crypto/keyed-hash.ts'
import type { TokenHash } from '../../crypto/token.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { takeUserCodeTry } from '../../throttle/other-tries.ts'
import { giveBackTries } from '../../throttle/take-try.ts'
import type { Caller, Throttle } from '../../throttle/throttle.ts'
import { type AskedAccess, type AskedAccessDeps, type AskedParameters, toAskedAccess } from '../consent/asked-access.ts'
import { OAUTH_REFUSALS } from '../refusals.ts'
import type { OAuthClient, OAuthClientStore, OAuthGrantStore, OAuthToken, OAuthTokenStore } from '../store.ts'
import { formatUserCode, parseUserCode } from './user-code.ts'

/** Dependencies of `findDeviceRequest`. */
export interface DeviceDeps extends AskedAccessDeps {
  readonly oauthClients: Pick<OAuthClientStore, 'find'>
  readonly oauthGrants: Pick<OAuthGrantStore, 'find' | 'allow'>
  readonly oauthTokens: Pick<OAuthTokenStore, 'findByUserCode' | 'commit'>
  /** Hashes the codes that people type. */
  readonly userCodes: KeyedHash
  readonly throttle: Throttle
}

/** A device that waits for the decision of a user. */
export interface DeviceRequest extends AskedAccess {
  /** The code as the device shows it. */
  readonly userCode: string
  readonly client: OAuthClient
  /** The stored device code. */
  readonly stored: OAuthToken
}

/**
 * Finds the device that shows a code (RFC 8628 section 3.3). A wrong code counts as a guess of this user and of their network.
 * @throws Refusal `device_code_ended` if no device waits with this code; `too_many_requests`, `unavailable`.
 */
export async function findDeviceRequest(
  deps: DeviceDeps,
  typed: string,
  { user }: SessionPrincipal,
  caller: Caller,
): Promise<DeviceRequest> {
  const counted = await takeUserCodeTry(deps.throttle, caller, user.id)
  const code = parseUserCode(typed)
  const stored = code === null ? null : await findWaiting(deps, code)
  const found = stored?.clientId == null ? null : await deps.oauthClients.find(stored.clientId)
  if (code === null || stored === null || found === null) throw new Refusal(OAUTH_REFUSALS.device_code_ended)
  await giveBackTries(deps.throttle, counted)
  const { client } = found
  const allowed = (await deps.oauthGrants.find(user.id, client.id))?.scopes ?? []
  return {
    userCode: formatUserCode(code),
    client,
    ...toAskedAccess(deps, parametersOf(stored), allowed),
    stored,
  }
}

async function findWaiting({ oauthTokens, userCodes, clock }: DeviceDeps, code: string): Promise<OAuthToken | null> {
  const now = clock()
  const found = await oauthTokens.findByUserCode(userCodes.hash(code) as TokenHash, now)
  if (found === null) return null
  const { kind, expiresAt, consumedAt, payload } = found.token
  const isDecided = payload.accountId !== undefined || payload.error !== undefined
  return kind !== 'DeviceCode' || expiresAt <= now || consumedAt !== null || isDecided ? null : found.token
}

/** Returns the parameters that the engine stored with a device code. */
function parametersOf({ payload }: OAuthToken): AskedParameters {
  return (payload as { readonly params?: AskedParameters }).params ?? {}
}
