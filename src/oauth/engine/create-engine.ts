/*
 * The engine (`oidc-provider`, OpenID certified) with our users, sessions, storage, pages and token formats. Every default of it
 * that prints or renders is replaced. Its version is pinned; docs/oauth.md says how to move to the next one.
 */
import type { KeyObject } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { equalInConstantTime } from '../../crypto/signature.ts'
import type { SigningKey } from '../../crypto/signing-key.ts'
import { hashToken } from '../../crypto/token.ts'
import { SECOND_MS } from '../../kernel/clock.ts'
import { newOAuthGrantId } from '../../kernel/ids.ts'
import type { User } from '../../kernel/principal.ts'
import { requireSecurityEpoch } from '../../sessions/security-epoch.ts'
import type { SessionStore } from '../../sessions/store.ts'
import { ACR_VALUES } from '../amr.ts'
import { isRegistered } from '../clients/redirect-uri.ts'
import { isDocumentId } from '../documents/document-id.ts'
import type { OAuthEvent } from '../events.ts'
import { IDENTITY_SCOPES } from '../identity-scopes.ts'
import { resourceUrls } from '../settings.ts'
import type { OAuthGrant } from '../store.ts'
import { issueAccessJwts } from './access-jwts.ts'
import { createAdapters } from './adapter.ts'
import type { AdapterDeps } from './adapter-deps.ts'
import { currentScope } from './engine-scope.ts'
import { newFamily } from './family.ts'
import { toEngineGrant } from './grant-adapter.ts'
import type { EngineModule } from './load-engine.ts'
import { createPolicy, type PolicyDeps } from './policy.ts'
import { newTokenId, successorOf } from './token-ids.ts'

/** Dependencies of the engine. */
export interface EngineDeps extends Omit<AdapterDeps, 'route' | 'sessions'>, PolicyDeps {
  readonly sessions: AdapterDeps['sessions'] & Pick<SessionStore, 'findSecurityEpoch'>
  readonly basePath: string
  readonly findUser: (id: string) => Promise<User | null>
  /** Newest first; the first one signs. */
  readonly keys: () => readonly SigningKey[]
  /** Secret that refresh tokens follow from. */
  readonly successorKey: KeyObject
  readonly report: (error: unknown) => void
}

const CODE_SECONDS = 60
const DEVICE_CODE_SECONDS = 600
const INTERACTION_SECONDS = 3_600
const ID_TOKEN_SECONDS = 3_600

/** The page where users type the code of a device: short, because people type it, too. */
export const DEVICE_PAGE = '/device'

/** Creates the engine. */
export function createEngine(engine: EngineModule, deps: EngineDeps): Provider {
  const route = () => {
    const { oidc } = engine.Provider.ctx ?? {}
    return { name: oidc?.route ?? '', entities: oidc?.entities ?? {} }
  }
  const provider = new engine.Provider(deps.authUrl, {
    ...fixedSettings(engine, deps),
    adapter: createAdapters({ ...deps, route }),
    discovery: ownMembers(deps),
    jwks: { keys: deps.keys().map((key) => toSigningKey(engine, key)) },
    scopes: [...IDENTITY_SCOPES, ...deps.scopes],
    ttl: {
      AccessToken: deps.oauthSettings.accessTokenMs / SECOND_MS,
      ClientCredentials: deps.oauthSettings.accessTokenMs / SECOND_MS,
      RefreshToken: (_ctx, { iiat }) => refreshSeconds(deps, iiat),
      AuthorizationCode: CODE_SECONDS,
      DeviceCode: DEVICE_CODE_SECONDS,
      IdToken: ID_TOKEN_SECONDS,
      Interaction: INTERACTION_SECONDS,
      Grant: INTERACTION_SECONDS,
      Session: INTERACTION_SECONDS,
    },
    findAccount: (_ctx, id) => findAccount(deps, id),
    loadExistingGrant: (ctx) => loadGrant(deps, ctx, provider),
    interactions: {
      policy: createPolicy(engine, deps),
      url: (_ctx, { prompt, uid }) => {
        if (prompt.name === 'consent') return `${deps.basePath}/oauth/consent?request=${uid}`
        const page = currentScope().principal === null ? 'login' : 'reauthenticate'
        return `${deps.basePath}/${page}?next=${encodeURIComponent(`${deps.basePath}/oauth/authorize/${uid}`)}`
      },
    },
  })
  useOurSecrets(provider, deps, engine)
  issueAccessJwts(provider, deps)
  provider.silent = true // it would print errors
  const app: EventEmitter = provider
  app.on('error', deps.report)
  provider.on('server_error', (_ctx, error) => {
    currentScope().failure ??= error
  })
  return provider
}

/**
 * Returns the lifetime of a refresh token: each use gives a new one, but not after the absolute end of the authorization (ASVS 10.4.8).
 * @param since when the authorization was, in seconds since 1970 UTC.
 */
function refreshSeconds({ oauthSettings, clock }: EngineDeps, since = Math.floor(clock() / SECOND_MS)): number {
  const { refreshTokenMs, refreshTokenAbsoluteMs } = oauthSettings
  const left = since * SECOND_MS + refreshTokenAbsoluteMs - clock()
  return Math.max(1, Math.floor(Math.min(refreshTokenMs, left) / SECOND_MS))
}

/** Returns the settings of the protocol. */
function fixedSettings({ errors }: EngineModule, { oauthSettings, scopes }: EngineDeps): Configuration {
  return {
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      userinfo: '/oauth/userinfo',
      introspection: '/oauth/introspect',
      revocation: '/oauth/revoke',
      pushed_authorization_request: '/oauth/par',
      device_authorization: '/oauth/device',
      code_verification: DEVICE_PAGE,
      jwks: '/jwks.json',
    },
    claims: {
      acr: null,
      iss: null,
      sid: null,
      openid: ['sub', 'auth_time', 'amr', 'acr'],
      profile: ['name'],
      email: ['email', 'email_verified'],
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: {
      id_token_signed_response_alg: oauthSettings.signingAlgorithms[0] ?? 'ES256',
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
    responseTypes: ['code'],
    acrValues: [...ACR_VALUES],
    enabledJWA: { idTokenSigningAlgValues: [...oauthSettings.signingAlgorithms] },
    enableHttpPostMethods: true,
    cookies: { long: { sameSite: 'none' } }, // browsers never get them
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    rotateRefreshToken: () => true,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // The tokens of our storage end with the session; the engine need not look.
    expiresWithSession: () => false,
    extraParams: { [SCOPE_COPY]: checkScopes(errors, [...IDENTITY_SCOPES, ...scopes]) },
    renderError(ctx, out) {
      ctx.type = 'json'
      ctx.body = out
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      backchannelLogout: { enabled: true }, // `startLogouts` sends; the engine only announces it
      clientCredentials: { enabled: true },
      // What the user does is ours: `oauth/device`.
      deviceFlow: { enabled: true, charset: 'base-20', mask: '****-****', deviceInfo: () => ({}) },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true, // also with `openid`
        getResourceServerInfo(_ctx, resource) {
          if (!resourceUrls(oauthSettings.resources).includes(resource)) throw new errors.InvalidTarget()
          // `issueAccessJwts` makes JWTs of those that the settings name.
          return { audience: resource, scope: scopes.join(' '), accessTokenFormat: 'opaque' }
        },
      },
    },
  }
}

/** Parameter with which `protocol-routes.ts` passes a copy of `scope`. */
export const SCOPE_COPY = 'latchkey_scope'

/** Returns the check of the scopes of a request: it must name one that the service has (RFC 6749 section 3.3). */
function checkScopes({ InvalidScope }: EngineModule['errors'], known: readonly string[]) {
  return (context: KoaContextWithOIDC, copy: string | undefined): void => {
    restoreOfflineAccess(context, copy)
    if (context.oidc.requestParamScopes.isDisjointFrom(new Set(known))) {
      throw new InvalidScope('name at least one scope of this service', copy ?? '')
    }
  }
}

/** The engine drops `offline_access` unless `prompt=consent`. Our consent page lists it, so it stays. */
function restoreOfflineAccess({ oidc }: KoaContextWithOIDC, copy: string | undefined): void {
  if (oidc.params === undefined || copy?.split(' ').includes('offline_access') !== true) return
  const kept = new Set(String(oidc.params.scope ?? '').split(' ')).add('offline_access')
  oidc.params.scope = [...new Set(copy.split(' '))].filter((scope) => kept.has(scope)).join(' ')
}

/** Members of the discovery document that are ours, not the engine's. */
function ownMembers({ authUrl, oauthSettings, documents }: EngineDeps): Record<string, string | boolean> {
  return {
    ...(documents === null ? {} : { client_id_metadata_document_supported: true }),
    end_session_endpoint: `${authUrl}/oauth/logout`,
    ...(oauthSettings.initialAccessToken === undefined ? {} : { registration_endpoint: `${authUrl}/oauth/register` }),
  }
}

async function findAccount({ findUser }: EngineDeps, id: string) {
  const user = currentScope().users.get(id) ?? (await findUser(id))
  if (user === null) return undefined
  const { email, emailVerified, name } = user
  return {
    accountId: user.id,
    claims: () => ({ sub: user.id, email, email_verified: emailVerified, ...(name === null ? {} : { name }) }),
  }
}

/** Returns what the user allowed the client so far. The service itself needs no permission for its own apps. */
async function loadGrant(deps: EngineDeps, { oidc }: KoaContextWithOIDC, provider: Provider) {
  const { principal } = currentScope()
  const { client, prompts, requestParamScopes } = oidc
  if (principal === null || client === undefined) return undefined
  const scopes = [...requestParamScopes]
  const found = await deps.oauthGrants.find(principal.user.id, client.clientId)
  const known = found !== null && isRedirectAllowed(oidc, found) ? found : null
  const isAllowed = known !== null && scopes.every((scope) => known.scopes.includes(scope))
  const isOwn = async () => (await deps.oauthClients.find(client.clientId))?.client.isFirstParty === true
  const grant =
    isAllowed || prompts.has('consent') || !(await isOwn()) ? known : await allowOwnApp(deps, client.clientId, scopes)
  return grant === null ? undefined : new provider.Grant(toEngineGrant(grant, newFamily(grant.id), deps.oauthSettings))
}

/**
 * An app that describes itself can name another redirect URI after the user allowed it, so the user is asked about each
 * (draft-ietf-oauth-client-id-metadata-document section 6).
 */
function isRedirectAllowed(
  { params, result }: KoaContextWithOIDC['oidc'],
  { clientId, redirectUris }: OAuthGrant,
): boolean {
  return !isDocumentId(clientId) || result?.consent !== undefined || redirectUris.includes(String(params?.redirect_uri))
}

/** Stores a grant for an app of the service itself. Returns null if the session has ended since it was looked at. */
async function allowOwnApp(
  { oauthGrants, sessions, clock }: EngineDeps,
  clientId: string,
  scopes: readonly string[],
): Promise<OAuthGrant | null> {
  const { principal, sessionToken, stamp } = currentScope()
  if (principal === null || sessionToken === null) return null
  const userId = principal.user.id
  const id = newOAuthGrantId(clock)
  const wanted = { id, userId, clientId, scopes, redirectUris: [], createdAt: clock(), lastUsedAt: null }
  const securityEpoch = await requireSecurityEpoch({ sessions }, sessionToken)
  return oauthGrants.allow(wanted, securityEpoch, ({ id: grantId }) => {
    const allowed: OAuthEvent = { type: 'oauth_grant.allowed', userId, clientId, grantId }
    return { events: [stamp(allowed)] }
  })
}

function toSigningKey({ ExternalSigningKey }: EngineModule, key: SigningKey) {
  class SigningKey extends ExternalSigningKey {
    override keyObject() {
      return key.publicKey
    }
    override sign(data: Uint8Array) {
      return key.sign(data)
    }
  }
  return Object.assign(new SigningKey(), { kid: key.publicJwk.kid, alg: key.publicJwk.alg })
}

/**
 * Returns the scopes of a token of an app without a user. Without named ones, they are all that the app was created with (RFC 6749
 * section 3.3). Scopes about a user mean nothing here, so they are left out.
 * @throws InvalidScope if nothing else is named.
 */
function ownScopes({ InvalidScope }: EngineModule['errors'], named: string | undefined, all = ''): string {
  const kept = (named ?? all).split(' ').filter((scope) => !IDENTITY_SCOPES.some((each) => each === scope))
  if (named !== undefined && kept.length === 0) throw new InvalidScope('name at least one scope of this service', named)
  return kept.join(' ')
}

/** Replaces the formats of secrets, their comparison, and that of redirect URIs. */
function useOurSecrets(
  provider: Provider,
  { successorKey }: EngineDeps,
  { Provider: Engine, errors }: EngineModule,
): void {
  for (const model of [provider.AccessToken, provider.ClientCredentials, provider.RefreshToken]) {
    const generate: () => string = Reflect.get(model.prototype, 'generateTokenId')
    Object.defineProperty(model.prototype, 'generateTokenId', {
      value(this: { readonly kind: string; readonly format?: string; scope?: string }) {
        const id = generate.call(this) // decides the format
        if (this.kind === 'ClientCredentials')
          this.scope = ownScopes(errors, this.scope, Engine.ctx?.oidc.client?.scope)
        const rotated = Engine.ctx?.oidc.entities.RotatedRefreshToken
        if (this.kind === 'RefreshToken' && rotated !== undefined) return successorOf(successorKey, rotated.jti)
        return this.format === 'jwt' ? id : newTokenId(this.kind)
      },
    })
  }
  Object.defineProperty(provider.Client.prototype, 'compareClientSecret', {
    value(this: { readonly clientSecret?: string }, actual: string) {
      return equalInConstantTime(Buffer.from(this.clientSecret ?? ''), Buffer.from(hashToken(actual)))
    },
  })
  // The `sid` of ID tokens is the public id of the session, at every app and in every logout token.
  Object.defineProperty(provider.Session.prototype, 'sidFor', {
    value(this: { readonly uid: string }) {
      return this.uid
    },
  })
  Object.defineProperty(provider.Client.prototype, 'redirectUriAllowed', {
    value(this: { readonly redirectUris?: readonly string[] }, given: string) {
      return isRegistered(this.redirectUris ?? [], given)
    },
  })
}
