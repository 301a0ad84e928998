/*
 * OpenID Connect with the library `openid-client`: authorization code with PKCE, state, nonce, and `iss` if the provider sends
 * it or says that it does (RFC 9207). The signature of the ID token is always checked, although it comes by TLS. Refused on
 * purpose: implicit and hybrid answers, `alg: none` and symmetric algorithms, tokens of other clients. Proven by
 * test/http/providers.test.ts.
 */
import type { Configuration, IDToken, TokenEndpointResponse } from 'openid-client'
import { MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import { isProduction } from '../kernel/origins.ts'
import { hashOf } from './flow-state.ts'
import { type Connect, createConnection, loadOpenid } from './openid-connection.ts'
import type { Claims, ProviderDefinition } from './provider.ts'
import type {
  AppLogin,
  AppProof,
  AuthorizationAnswer,
  ProviderAccount,
  ProviderClient,
  ProviderClientDeps,
  ProviderProfile,
} from './provider-client.ts'
import { providerRefused, toProviderRefusal } from './provider-errors.ts'

/** An ID token of an app is refused if it is older. */
const MAX_ID_TOKEN_AGE_MS = 10 * MINUTE_MS
/** Difference of two clocks. */
const TOLERANCE_MS = 60 * SECOND_MS
const MAX_SUBJECT_LENGTH = 255

/** Creates the client of an OpenID provider. */
export function createOpenidProvider(provider: ProviderDefinition, deps: ProviderClientDeps): ProviderClient {
  const connect = createConnection(provider, deps)
  return {
    beginUrl: (flow) =>
      connect({ clientId: provider.clientId }, async (config) => {
        const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await loadOpenid()
        const url = buildAuthorizationUrl(config, {
          ...provider.parameters,
          response_type: 'code',
          redirect_uri: deps.redirectUri,
          scope: provider.scope,
          state: flow.state,
          nonce: flow.nonce,
          code_challenge: await calculatePKCECodeChallenge(flow.codeVerifier),
          code_challenge_method: 'S256',
          ...(provider.responseMode === 'query' ? {} : { response_mode: provider.responseMode }),
          ...(flow.purpose === 'reauthenticate' ? { max_age: '0', prompt: 'login' } : {}),
        })
        requireWebUrl(url, provider)
        return url.href
      }).catch(rethrow),

    finish: (answer) => finish(provider, { connect, redirectUri: deps.redirectUri }, answer).catch(rethrow),

    checkIdToken: (proof) => checkIdToken(provider, { ...deps, connect }, proof).catch(rethrow),
  }
}

interface Connected {
  readonly connect: Connect
}

async function finish(
  provider: ProviderDefinition,
  { connect, redirectUri }: Connected & Pick<ProviderClientDeps, 'redirectUri'>,
  { flow, parameters }: AuthorizationAnswer,
): Promise<ProviderAccount> {
  const { authorizationCodeGrant } = await loadOpenid()
  const url = new URL(redirectUri)
  url.search = parameters.toString()
  return connect({ clientId: provider.clientId }, async (config) => {
    const tokens = await authorizationCodeGrant(config, url, {
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      pkceCodeVerifier: flow.codeVerifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (claims === undefined) throw providerRefused('there is no ID token')
    return toAccount(provider, claims, () => askForMore(provider, { connect, claims, tokens, parameters }))
  })
}

/** Many providers put the email address only into the UserInfo response (OpenID Connect Core section 5.4). */
async function askForMore(
  provider: ProviderDefinition,
  {
    connect,
    claims,
    tokens,
    parameters,
  }: Connected & {
    readonly claims: IDToken
    readonly tokens: TokenEndpointResponse
    readonly parameters: URLSearchParams
  },
): Promise<Claims> {
  const named = { ...nameOfApple(parameters.get('user')), ...claims }
  if (claims.email !== undefined) return named
  const { fetchUserInfo } = await loadOpenid()
  const more = await connect({ clientId: provider.clientId }, async (config) =>
    hasUserInfo(config) ? fetchUserInfo(config, tokens.access_token, claims.sub) : {},
  )
  return { ...more, ...named }
}

function hasUserInfo(config: Configuration): boolean {
  return config.serverMetadata().userinfo_endpoint !== undefined
}

/** Apple sends the name with the first answer only, beside the ID token: `{"name":{"firstName":"Ada","lastName":"…"}}`. */
function nameOfApple(user: string | null): Claims {
  try {
    const { firstName = '', lastName = '' } = JSON.parse(user ?? '{}').name
    return { name: `${String(firstName)} ${String(lastName)}`.trim() }
  } catch {
    return {}
  }
}

async function checkIdToken(
  provider: ProviderDefinition,
  { connect, clock }: Connected & Pick<ProviderClientDeps, 'clock'>,
  { idToken, nonce }: AppProof,
): Promise<AppLogin> {
  const claimed = peek(idToken)
  const clientId = findClient(provider, claimed)
  if (clientId === undefined) throw providerRefused('the ID token is for another client')
  if (!isNonce(claimed.nonce, nonce)) throw providerRefused('the ID token has another nonce')
  const { implicitAuthentication, useIdTokenResponseType } = await loadOpenid()
  const issuer = provider.moreIssuers.find((name) => name === claimed.iss)
  return connect({ clientId, issuer }, async (config) => {
    useIdTokenResponseType(config)
    const fragment = new URLSearchParams({ id_token: idToken })
    const claims = await implicitAuthentication(config, new URL(`https://app.invalid/#${fragment}`), claimed.nonce)
    const age = clock() - claims.iat * SECOND_MS
    if (age > MAX_ID_TOKEN_AGE_MS || age < -TOLERANCE_MS) throw providerRefused('the ID token is too old')
    const account = toAccount(provider, claims, async () => claims)
    const issuedAt = Math.ceil(claims.iat * SECOND_MS) // a number of seconds (RFC 7519 section 2)
    return { account, claimedNonce: claimed.nonce, expiresAt: issuedAt + MAX_ID_TOKEN_AGE_MS + TOLERANCE_MS }
  })
}

/** Claims of an ID token that are not checked yet. */
interface ClaimedToken {
  readonly iss: unknown
  readonly audiences: readonly unknown[]
  readonly azp: unknown
  readonly nonce: string
}

/** Reads claims before they are checked, to choose the client and the issuer that the library checks them for. */
function peek(idToken: string): ClaimedToken {
  try {
    const { iss, aud, azp, nonce } = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())
    return { iss, audiences: [aud].flat(), azp, nonce: String(nonce) }
  } catch (error) {
    throw providerRefused('the ID token is malformed', error)
  }
}

/**
 * Returns the client of ours that an ID token is for. Every audience must be ours: another one could log in here with the token
 * as well. Of several, `azp` names the one that asked for it (OpenID Connect Core section 3.1.3.7).
 */
function findClient(
  { clientId, moreAudiences }: ProviderDefinition,
  { audiences, azp }: ClaimedToken,
): string | undefined {
  const ours = [clientId, ...moreAudiences]
  if (!audiences.every((audience) => ours.some((id) => id === audience))) return undefined
  const asking = audiences.length > 1 ? azp : audiences[0]
  return ours.find((id) => id === asking)
}

/** Some SDKs send the nonce as it is, others its SHA-256 in hexadecimal or base64url. */
function isNonce(claimed: string, nonce: string): boolean {
  const hex = Buffer.from(hashOf(nonce), 'base64url').toString('hex')
  return nonce !== '' && [nonce, hex, hashOf(nonce)].includes(claimed)
}

function toAccount(provider: ProviderDefinition, token: IDToken, readClaims: () => Promise<Claims>): ProviderAccount {
  const { iss, sub, auth_time: authTime } = token
  if (sub.length === 0 || sub.length > MAX_SUBJECT_LENGTH) throw providerRefused('the subject has a wrong length')
  if (provider.admits?.(token) === false) throw providerRefused('accounts of this kind may not log in')
  return {
    issuer: provider.moreIssuers.includes(iss) ? provider.issuer : iss,
    subject: sub,
    address: provider.emailOf(token).address,
    loggedInAt: typeof authTime === 'number' ? Math.floor(authTime * SECOND_MS) : null,
    async profile(): Promise<ProviderProfile> {
      const claims = await readClaims().catch(rethrow)
      return { email: provider.emailOf(claims), name: claims.name }
    },
  }
}

/** The discovery document names the URL: a browser must not be sent to `javascript:`. */
function requireWebUrl({ protocol }: URL, { allowPrivate }: ProviderDefinition): void {
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && allowPrivate && !isProduction())
  if (!isAllowed) throw new Error('The authorization endpoint of the provider has no https URL')
}

function rethrow(error: unknown): never {
  throw toProviderRefusal(error)
}
