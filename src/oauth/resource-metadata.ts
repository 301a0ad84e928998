import type { Route } from '../kernel/route.ts'
import { protocolRoute } from './protocol-routes.ts'

/** Facts about the API that the tokens are for. */
export interface ResourceFacts {
  /** The public origin. */
  readonly origin: string
  /** The issuer. */
  readonly authUrl: string
  readonly scopes: readonly string[]
  /** The name that users know the service by. */
  readonly siteName: string
}

/** Path of the description of the API (RFC 9728 section 3). */
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource'

/** Builds the route that tells a client of the API where to get tokens (RFC 9728). */
export function resourceMetadataRoute({ origin, authUrl, scopes, siteName }: ResourceFacts): Route {
  const body = {
    resource: origin,
    authorization_servers: [authUrl],
    scopes_supported: [...scopes],
    bearer_methods_supported: ['header'],
    resource_name: siteName,
  }
  const path = {
    method: 'GET',
    path: RESOURCE_METADATA_PATH,
    name: 'resource',
    summary: 'describe the API (RFC 9728)',
  } as const
  return { ...protocolRoute(path, { respond: async () => ({ status: 200, body }) }), isAtRoot: true }
}
