import { z } from 'zod'
import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import { inPages } from '../kernel/page.ts'
import { createUseCollector } from '../kernel/use-collector.ts'
import type { SessionMemory } from '../sessions/session-memory.ts'
import { accessTokenJsonSchema, toAccessTokenJson } from './access-token-json.ts'
import { accessTokenPages } from './access-token-pages.ts'
import { listAllAccessTokens } from './list-access-tokens.ts'
import { accessTokenRoutes } from './routes.ts'
import { createServerSideTokens, type ServerSideTokens } from './server-side-tokens.ts'
import type { AccessTokenSettings } from './settings.ts'
import { sweepAccessTokens } from './sweep-access-tokens.ts'
import { tokenAccess } from './token-access.ts'
import type { VerifyAccessTokenDeps } from './verify-access-token.ts'

/** Settings of access tokens. */
export interface AccessTokensOptions {
  readonly accessTokenSettings: AccessTokenSettings
  /** The scopes of the service. */
  readonly scopes: readonly string[]
}

/** The access tokens feature, with the dependencies of their verification and the server-side calls about them. */
export interface AccessTokensFeature extends Feature {
  readonly verification: VerifyAccessTokenDeps
  readonly api: ServerSideTokens
}

/** Creates the access tokens feature: create, list, revoke and expire access tokens. */
export function accessTokens(
  core: Core,
  { memory, ...options }: AccessTokensOptions & { readonly memory: SessionMemory },
): AccessTokensFeature {
  const tokenUses = createUseCollector(core.stores.accessTokens.writeUses, core.report)
  const deps = { ...core, ...core.stores, ...memory, ...options, tokenUses }
  return {
    name: 'tokens',
    routes: accessTokenRoutes(deps),
    jobs: [{ name: 'sweep expired access tokens', every: 'sweep', run: () => sweepAccessTokens(deps) }],
    exports: {
      shape: { accessTokens: z.array(accessTokenJsonSchema) },
      async collect(user) {
        return { accessTokens: inPages(await listAllAccessTokens(deps, user), toAccessTokenJson) }
      },
    },
    access: tokenAccess(deps.accessTokens),
    accountPages: accessTokenPages(deps),
    async stop() {
      tokenUses.stop()
      await tokenUses.flush()
    },
    verification: deps,
    api: createServerSideTokens(deps, core.stamp),
  }
}
