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

/** Path of the description of the API (RFC 9728 section 3): at the root where the server has it, and below the base path. */
const PATH = '/.well-known/oauth-protected-resource'

/** Returns the URL that challenges name: the one below the base path, which every integration serves. */
export function resourceMetadataUrl(authUrl: string): string {
  return `${authUrl}${PATH}`
}

/** Builds the routes that tell a client of the API where to get tokens (RFC 9728). */
export function resourceMetadataRoutes({ origin, authUrl, scopes, siteName }: ResourceFacts): Route[] {
  const body = {
    resource: origin,
    authorization_servers: [authUrl],
    scopes_supported: [...scopes],
    bearer_methods_supported: ['header'],
    resource_name: siteName,
  }
  const describe = (name: string): Route =>
    protocolRoute(
      { method: 'GET', path: PATH, name, summary: 'describe the API (RFC 9728)' },
      { respond: async () => ({ status: 200, body }) },
    )
  return [describe('resource'), { ...describe('resourceAtRoot'), isAtRoot: true }]
}
