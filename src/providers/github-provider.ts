/*
 * Login with GitHub, which is an OAuth provider without ID tokens. The user is the number that GitHub gives them: a login name
 * can be given to another person. Of the addresses, only the primary one counts, and only if it is verified; the public one on
 * the profile is free text. Proven by test/http/providers.test.ts.
 */
import type { Configuration } from 'openid-client'
import { SECOND_MS } from '../kernel/clock.ts'
import { ANSWER_WITHIN_MS, type GuardedFetch } from '../kernel/guarded-fetch.ts'
import { clockOf, loadOpenid } from './openid-connection.ts'
import type { Claims, ProviderDefinition } from './provider.ts'
import type { ProviderAccount, ProviderClient, ProviderClientDeps } from './provider-client.ts'
import { providerRefused, providerUnavailable, toProviderRefusal } from './provider-errors.ts'

const SITE = 'https://github.com'
const API = 'https://api.github.com'

/** Creates the client of GitHub. */
export function createGithubProvider(provider: ProviderDefinition, deps: ProviderClientDeps): ProviderClient {
  return {
    async beginUrl({ state, codeVerifier }) {
      const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await loadOpenid()
      return buildAuthorizationUrl(await configure(provider, deps), {
        redirect_uri: deps.redirectUri,
        scope: provider.scope,
        state,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }).href
    },

    async finish({ flow, parameters }) {
      const { authorizationCodeGrant } = await loadOpenid()
      const url = new URL(deps.redirectUri)
      url.search = parameters.toString()
      try {
        const tokens = await authorizationCodeGrant(await configure(provider, deps), url, {
          expectedState: flow.state,
          pkceCodeVerifier: flow.codeVerifier,
        })
        return await readAccount(provider, deps, tokens.access_token)
      } catch (error) {
        throw toProviderRefusal(error)
      }
    },

    checkIdToken: null,
  }
}

/** GitHub has no discovery document. */
async function configure(
  { issuer, clientId, clientSecret }: ProviderDefinition,
  deps: ProviderClientDeps,
): Promise<Configuration> {
  const openid = await loadOpenid()
  const server = {
    issuer,
    authorization_endpoint: `${SITE}/login/oauth/authorize`,
    token_endpoint: `${SITE}/login/oauth/access_token`,
  }
  const secret = clientSecret.kind === 'secret' ? clientSecret.secret : ''
  const config = new openid.Configuration(server, clientId, clockOf(openid, deps), openid.ClientSecretPost(secret))
  config.timeout = ANSWER_WITHIN_MS / SECOND_MS
  config[openid.customFetch] = withStatus(deps.fetchProvider)
  return config
}

/** GitHub answers errors with status 200; they have 400 (RFC 6749 section 5.2). */
function withStatus(fetchProvider: GuardedFetch): GuardedFetch {
  return async (url, request) => {
    const answer = await fetchProvider(url, request)
    const text = await answer.text()
    const status = answer.status === 200 && isError(text) ? 400 : answer.status
    return new Response(text, { status, headers: answer.headers })
  }
}

function isError(text: string): boolean {
  try {
    return JSON.parse(text).error !== undefined
  } catch {
    return false
  }
}

async function readAccount(
  provider: ProviderDefinition,
  deps: ProviderClientDeps,
  accessToken: string,
): Promise<ProviderAccount> {
  const user = (await ask(deps, '/user', accessToken)) as { readonly id?: unknown; readonly name?: unknown } | null
  const id = user?.id
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0) throw providerRefused('the user has no number')
  return {
    issuer: provider.issuer,
    subject: String(id),
    address: null,
    loggedInAt: null,
    async profile() {
      const claims = toClaims(await ask(deps, '/user/emails', accessToken))
      return { email: provider.emailOf(claims), name: user?.name }
    },
  }
}

function toClaims(emails: unknown): Claims {
  const list: readonly unknown[] = Array.isArray(emails) ? emails : []
  const primary = list.find((each): each is Claims => (each as Claims | null)?.primary === true)
  return primary?.verified === true ? { email: primary.email, email_verified: true } : {}
}

async function ask({ fetchProvider }: ProviderClientDeps, path: string, accessToken: string): Promise<unknown> {
  try {
    const answer = await fetchProvider(`${API}${path}`, {
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: 'application/vnd.github+json',
        'user-agent': 'latchkey',
        'x-github-api-version': '2022-11-28',
      },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    if (answer.status !== 200) throw new Error(`GitHub answered with status ${answer.status}`)
    return await answer.json()
  } catch (error) {
    throw providerUnavailable(error)
  }
}
