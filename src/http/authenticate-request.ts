import { headerReader } from '../authentication/any-request.ts'
import { refuseCredentials } from '../authentication/credentials.ts'
import type { IdentifyContext } from '../authentication/identify.ts'
import { isDescribed, proxiedTargetOf, targetOf } from '../authentication/request-target.ts'
import { isClient, type Principal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Route } from '../kernel/route.ts'
import { requireSession } from '../sessions/freshness.ts'
import type { AppDeps } from './app-deps.ts'
import type { Exchange } from './exchange.ts'

/**
 * Authenticates the request. If the storage does not answer, both members stay null, so that no cookie is treated as dead.
 * @throws Refusal `two_credentials`, `cookie_required`, `unavailable`.
 */
export async function authenticate(deps: AppDeps, exchange: Exchange): Promise<void> {
  const { authentication } = deps
  const credentials = authentication.readCredentials(exchange.request)
  if (credentials.refusal !== null) throw refuseCredentials(credentials)
  if (credentials.sessionToken !== null || credentials.accessToken !== null) {
    const found = await authentication.identify(credentials, contextOf(deps, exchange))
    if (isClient(found)) exchange.app = found
    else exchange.found = found
  }
  exchange.credentials = credentials
}

/** Returns what the credentials of a request are for: a proxy asks for an API that it names. */
export function contextOf({ origins }: AppDeps, { request, route, stamp }: Exchange): IdentifyContext {
  if (route?.forwardedBy !== 'application') return { stamp, resource: null, target: () => targetOf(request, origins) }
  const resource = new URL(request.url).searchParams.get('resource')
  const header = headerReader(request)
  // Without a proxy, the caller asks about this request itself.
  const target = () => (isDescribed(header) ? proxiedTargetOf(header, origins, resource) : targetOf(request, origins))
  return { stamp, resource, target }
}

export async function checkAccess(
  deps: AppDeps,
  { access, forwardedBy }: Route,
  { found, credentials }: Pick<Exchange, 'found' | 'credentials'>,
): Promise<void> {
  if (access === 'anyone') return
  if (found === null) throw credentials === null ? new Refusal('unauthenticated') : refuseCredentials(credentials)
  if (access === 'user') return refuseApps(found.principal, forwardedBy)
  const { session } = requireSession(found.principal)
  if (access === 'fresh_session') await deps.authentication.requireFresh(session)
}

/** Refuses an app of a third party outside forward-auth: what it may know of the user is at the userinfo endpoint. */
function refuseApps({ kind }: Principal, forwardedBy: Route['forwardedBy']): void {
  if (kind !== 'oauth_grant' || forwardedBy === 'application') return
  throw new Refusal('insufficient_scope', { detail: 'An app reads the user at the userinfo endpoint.' })
}
