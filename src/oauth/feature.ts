import { z } from 'zod'
import type { Core } from '../core.ts'
import { deriveKeys } from '../crypto/derive-keys.ts'
import type { KeyMaker } from '../crypto/key-maker.ts'
import { createKeyedHash } from '../crypto/keyed-hash.ts'
import type { SigningJwk, SigningKey } from '../crypto/signing-key.ts'
import type { Feature } from '../kernel/feature.ts'
import { createGuardedFetch, type GuardedFetch } from '../kernel/guarded-fetch.ts'
import { parseUserId } from '../kernel/ids.ts'
import type { SecondFactors } from '../kernel/login-step.ts'
import { isDevelopment } from '../kernel/origins.ts'
import type { User } from '../kernel/principal.ts'
import { createUseCollector } from '../kernel/use-collector.ts'
import type { Pages } from '../pages/pages.ts'
import type { SessionMemory } from '../sessions/session-memory.ts'
import type { Change } from '../sessions/store.ts'
import { type KeyRing, keysOf } from '../signing-keys/key-ring.ts'
import { type LogoutDeps, startLogouts } from './backchannel/deliver-logouts.ts'
import type { LogoutCount } from './backchannel/logout-counts.ts'
import { registrationRoutes } from './clients/registration-route.ts'
import { createServerSideOAuthClients, type ServerSideOAuthClients } from './clients/server-side-clients.ts'
import { consentRoutes } from './consent/consent-routes.ts'
import { deviceRoutes } from './device/device-routes.ts'
import { createDocumentClients, type DocumentClients, MAX_DOCUMENT_BYTES } from './documents/document-clients.ts'
import { createEngine } from './engine/create-engine.ts'
import type { EngineModule } from './engine/load-engine.ts'
import { grantAccess } from './grants/grant-access.ts'
import { grantJsonSchema, toGrantJson } from './grants/grant-json.ts'
import { grantPages } from './grants/grant-pages.ts'
import { grantRoutes } from './grants/grant-routes.ts'
import { logoutRoutes } from './logout/logout-routes.ts'
import { protocolRoutes } from './protocol-routes.ts'
import { resourceMetadataRoutes, resourceMetadataUrl } from './resource-metadata.ts'
import type { OAuthSettings } from './settings.ts'
import { sweepOAuthTokens } from './sweep-oauth-tokens.ts'
import type { VerifyOAuthTokenDeps } from './tokens/verify-oauth-token.ts'

/** Dependencies of OAuth besides the core. */
export interface OAuthOptions {
  readonly memory: SessionMemory
  readonly pages: Pages
  readonly oauthSettings: OAuthSettings
  /** The name that users know the service by. */
  readonly siteName: string
  /** The scopes of the service. */
  readonly scopes: readonly string[]
  readonly secondFactors: Pick<SecondFactors, 'steps'>
  /** Reads the documents of apps that describe themselves. Default: requests to the public internet. */
  readonly fetchDocument: GuardedFetch | undefined
  readonly ring: KeyRing
  /** Derives the keys of ID tokens and JWT access tokens. */
  readonly tokenKeys: Pick<KeyMaker, 'keys'>
  /** False: other processes tell apps that sessions are over. */
  readonly delivers: boolean
  /** The package of the engine; null: OAuth is off. */
  readonly engine: EngineModule | null
}

/** The OAuth feature, with the parts that others need. */
export interface OAuthFeature extends Feature {
  /** Dependencies of the verification of access tokens; null: OAuth is off. */
  readonly verification: VerifyOAuthTokenDeps | null
  /** Returns the keys that verify ID tokens and JWT access tokens; null: OAuth is off. */
  readonly publicKeys: (() => readonly SigningJwk[]) | null
  /** URL of the description of the API (RFC 9728); null: OAuth is off. */
  readonly resourceMetadata: string | null
  /** Takes changes of sessions and users of this process, after they are stored. */
  readonly sessionsChanged: (changes: readonly Change[]) => void
  /** Returns the outcomes of the messages to apps that a session is over. */
  readonly logoutCounts: () => readonly LogoutCount[]
  readonly api: ServerSideOAuthClients
}

/** Creates the OAuth feature: apps of third parties act for users. */
export function oauth(core: Core, options: OAuthOptions): OAuthFeature {
  const { memory, engine, scopes } = options
  const grantUses = createUseCollector(core.stores.oauthGrants.writeUses, core.report)
  const documents = options.oauthSettings.clientIdMetadataDocuments ? createDocuments(core, options) : null
  const deps = { ...core, ...core.stores, ...memory, ...options, grantUses, documents }
  const api = createServerSideOAuthClients({ ...deps, scopes }, core.stamp)
  const off: OAuthFeature = {
    name: 'oauth',
    words: [],
    routes: [],
    verification: null,
    publicKeys: null,
    resourceMetadata: null,
    sessionsChanged: () => undefined,
    logoutCounts: () => [],
    api,
  }
  if (engine === null) return off
  const keys = keysOf(options.ring, options.tokenKeys.keys)
  const userCodes = createKeyedHash(core.secrets, 'oauth user codes')
  const logouts = startLogouts({ ...deps, ...core.links, keys, ...toldBy(core, options) })
  return {
    ...off,
    words: ['oauth'],
    routes: [
      ...protocolRoutes(createProtocol(core, { ...options, engine }, { keys, userCodes, documents })),
      ...resourceMetadataRoutes({
        origin: core.origins.own,
        authUrl: core.links.authUrl,
        scopes,
        siteName: options.siteName,
      }),
      ...registrationRoutes({ ...deps, initialAccessToken: options.oauthSettings.initialAccessToken ?? null }),
      ...consentRoutes(deps),
      ...grantRoutes(deps),
      ...deviceRoutes({ ...deps, userCodes }),
      ...logoutRoutes({ ...deps, ...core.links, keys }),
    ],
    jobs: [
      { name: 'sweep expired tokens of apps', every: 'sweep', run: () => sweepOAuthTokens(deps) },
      { name: 'tell apps of sessions that ended unseen', every: 'sweep', run: () => logouts.sweep().then(() => 0) },
    ],
    exports: {
      shape: { grants: z.array(grantJsonSchema) },
      async collect(user) {
        return { grants: (await deps.oauthGrants.listByUser(user)).map(toGrantJson) }
      },
    },
    access: grantAccess(deps),
    accountPages: grantPages(deps),
    sessionsChanged: logouts.follow,
    logoutCounts: logouts.counts,
    async stop() {
      await logouts.stop()
      grantUses.stop()
      await grantUses.flush()
    },
    verification: { ...deps, authUrl: core.links.authUrl, keys, refreshKeys: options.ring.refresh },
    resourceMetadata: resourceMetadataUrl(core.links.authUrl),
    publicKeys: () => keys().map(({ publicJwk }) => publicJwk),
  }
}

/** Returns a function that returns the engine for the present keys: a rotation of the keys makes a new one. */
function remade<Key, Made>(keys: () => readonly Key[], make: (keys: readonly Key[]) => Made): () => Made {
  let from = keys()
  let made = make(from)
  return () => {
    const now = keys()
    if (now !== from) made = make(now)
    from = now
    return made
  }
}

/** Returns how apps are told. In development they may be on the same machine. */
function toldBy({ origins }: Core, { delivers }: OAuthOptions): Pick<LogoutDeps, 'fetchLogout' | 'delivers'> {
  const allowPrivate = isDevelopment(new URL(origins.own))
  return { delivers, fetchLogout: createGuardedFetch({ allowPrivate, maxBytes: MAX_LOGOUT_ANSWER_BYTES }) }
}

/** The text of an answer is not read. */
const MAX_LOGOUT_ANSWER_BYTES = 16 * 1024

function createDocuments({ clock, throttle }: Core, { scopes, fetchDocument }: OAuthOptions): DocumentClients {
  return createDocumentClients({
    clock,
    throttle,
    scopes,
    fetchDocument: fetchDocument ?? createGuardedFetch({ maxBytes: MAX_DOCUMENT_BYTES }),
  })
}

/** Creates the engine, with what its routes need. */
function createProtocol(
  core: Core,
  { engine, oauthSettings, scopes, secondFactors, pages }: OAuthOptions & { readonly engine: EngineModule },
  secrets: Pick<Parameters<typeof createEngine>[1], 'keys' | 'userCodes' | 'documents'>,
): Parameters<typeof protocolRoutes>[0] {
  const { stores, clock, links, origins, report } = core
  const [successorKey] = deriveKeys(core.secrets, 'oauth refresh tokens')
  const findUser = async (id: string): Promise<User | null> => {
    const userId = parseUserId(id)
    const user = userId === null ? null : await stores.users.findById(userId)
    return user === null || user.disabledAt !== null ? null : user
  }
  const { authUrl, basePath } = links
  const create = (keys: readonly SigningKey[]) =>
    createEngine(engine, {
      ...stores,
      authUrl,
      basePath,
      oauthSettings,
      scopes,
      secondFactors,
      clock,
      ...secrets,
      keys: () => keys,
      successorKey,
      findUser,
      report,
    })
  const { oauthTokens } = stores
  return {
    provider: remade(secrets.keys, create),
    oauthTokens,
    pages,
    throttle: core.throttle,
    oauthSettings,
    clock,
    origin: new URL(origins.own),
    basePath,
  }
}
