/*
 * Apps that register themselves (RFC 7591), with an initial access token that the operator gave them. Without the setting the route
 * does not exist. Proved by test/http/oauth-registration.test.ts.
 */
import { createHash } from 'node:crypto'
import { equalInConstantTime } from '../../crypto/signature.ts'
import { SECOND_MS } from '../../kernel/clock.ts'
import type { Answer, ProtocolRequest, Route } from '../../kernel/route.ts'
import type { Throttle } from '../../throttle/throttle.ts'
import { countEndpoint, refuseSpentEndpoint } from '../endpoint-limits.ts'
import { IDENTITY_SCOPES } from '../identity-scopes.ts'
import { protocolRoute } from '../protocol-routes.ts'
import { createClient, type OAuthClientDeps } from './create-client.ts'
import { parseRegistration, type RegistrationRequest, toNewClient } from './registration-request.ts'

/** Dependencies of the registration of apps. */
export interface RegistrationDeps extends OAuthClientDeps {
  readonly throttle: Throttle
  /** Null: apps cannot register. */
  readonly initialAccessToken: string | null
}

/** Builds the route at which apps register; none without an initial access token. */
export function registrationRoutes(deps: RegistrationDeps): Route[] {
  const { initialAccessToken } = deps
  if (initialAccessToken === null) return []
  return [
    protocolRoute(
      { method: 'POST', path: '/oauth/register', name: 'register', summary: 'register an app (RFC 7591)' },
      { respond: (request) => respond(deps, initialAccessToken, request) },
    ),
  ]
}

async function respond(deps: RegistrationDeps, expected: string, request: ProtocolRequest): Promise<Answer> {
  const { throttle } = deps
  refuseSpentEndpoint(throttle, 'failure', request)
  if (!hasToken(request.request, expected)) {
    countEndpoint(throttle, 'failure', request)
    const body = { error: 'invalid_token', error_description: 'the initial access token is missing or wrong' }
    return { status: 401, body, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }
  }
  refuseSpentEndpoint(throttle, 'start', request)
  const wanted = parseRegistration(request.body)
  if ('error' in wanted) return { status: 400, body: wanted }
  countEndpoint(throttle, 'start', request)
  const { client, clientSecret } = await createClient(deps, toNewClient(wanted, deps.scopes), request.stamp)
  const secret = clientSecret === null ? {} : { client_secret: clientSecret, client_secret_expires_at: 0 }
  const issuedAt = Math.floor(client.createdAt / SECOND_MS)
  return {
    status: 201,
    body: { client_id: client.id, client_id_issued_at: issuedAt, ...secret, ...describe(wanted, client) },
  }
}

function describe(
  { token_endpoint_auth_method, grant_types, response_types }: RegistrationRequest,
  { name, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, scopes }: ReturnType<typeof toNewClient>,
): object {
  return {
    client_name: name,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris,
    ...(backchannelLogoutUri == null ? {} : { backchannel_logout_uri: backchannelLogoutUri }),
    token_endpoint_auth_method,
    grant_types,
    response_types,
    scope: [...IDENTITY_SCOPES, ...scopes].join(' '),
  }
}

function hasToken({ headers }: Request, expected: string): boolean {
  const given = headers.get('authorization') ?? ''
  return given.toLowerCase().startsWith('bearer ') && equalInConstantTime(digest(given.slice(7)), digest(expected))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
