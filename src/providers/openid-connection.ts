import type { ClientAuth, Configuration, ExportedJWKSCache } from 'openid-client'
import { HOUR_MS, SECOND_MS } from '../kernel/clock.ts'
import { ANSWER_WITHIN_MS, type GuardedFetch } from '../kernel/guarded-fetch.ts'
import { createOptionalImport } from '../kernel/optional-import.ts'
import { signAppleSecret } from './apple-secret.ts'
import type { ProviderDefinition } from './provider.ts'
import type { ProviderClientDeps } from './provider-client.ts'
import { providerUnavailable } from './provider-errors.ts'

/** The library, which is optional. */
export const OPENID_PACKAGE = { name: 'openid-client', since: '6.8.0', purpose: 'Login with a provider' } as const

/** Loads the library at the first login with a provider. */
export const loadOpenid: () => Promise<typeof import('openid-client')> = createOptionalImport(
  () => import('openid-client'),
  OPENID_PACKAGE,
)

/** How long a discovery document is used. If the provider is down then, the old one is used. */
const DISCOVERY_MS = HOUR_MS
const DISCOVERY_PATH = '/.well-known/openid-configuration'

/** A client of the provider. */
export interface ConnectingClient {
  readonly clientId: string
  /** The name of the issuer that its ID tokens have. Default: that of the discovery document. */
  readonly issuer?: string | undefined
}

/** Runs work with the configuration of a client of the provider. The keys of the provider are kept for the next work. */
export type Connect = <Result>(
  client: ConnectingClient,
  work: (config: Configuration) => Promise<Result>,
) => Promise<Result>

/** Creates the connection to an OpenID provider: discovery and keys are fetched at the first use and kept. */
export function createConnection(provider: ProviderDefinition, deps: ProviderClientDeps): Connect {
  const discovery = keepDiscovery(deps)
  let keys: ExportedJWKSCache | undefined
  return async ({ clientId, issuer }, work) => {
    const openid = await loadOpenid()
    const client: Client = [clientId, clockOf(openid, deps), authOf(openid, provider, deps)]
    const found = await openid
      .discovery(new URL(provider.issuer), ...client, {
        [openid.customFetch]: discovery.fetch,
        timeout: ANSWER_WITHIN_MS / SECOND_MS,
        execute: [openid.enableNonRepudiationChecks, ...(provider.allowPrivate ? [openid.allowInsecureRequests] : [])],
      })
      .catch((error: unknown) => {
        throw providerUnavailable(error)
      })
    discovery.accept()
    const config = issuer === undefined ? found : expectIssuer(openid, { found, issuer, client })
    if (keys !== undefined) openid.setJwksCache(config, keys)
    try {
      return await work(config)
    } finally {
      keys = openid.getJwksCache(config) ?? keys
    }
  }
}

type Client = readonly [clientId: string, metadata: object, auth: ClientAuth]

/** Returns the configuration for ID tokens that name the issuer differently from the discovery document. */
function expectIssuer(
  openid: typeof import('openid-client'),
  { found, issuer, client }: { readonly found: Configuration; readonly issuer: string; readonly client: Client },
): Configuration {
  const { supportsPKCE: _, ...server } = found.serverMetadata()
  const config = new openid.Configuration({ ...server, issuer }, ...client)
  const fetchProvider = found[openid.customFetch]
  if (fetchProvider !== undefined) config[openid.customFetch] = fetchProvider
  config.timeout = found.timeout
  return config
}

/** The library tells the time by the clock of the machine. In tests, ours differs. */
export function clockOf(openid: typeof import('openid-client'), { clock }: Pick<ProviderClientDeps, 'clock'>): object {
  return { [openid.clockSkew]: Math.round((clock() - Date.now()) / SECOND_MS) }
}

function authOf(
  { ClientSecretBasic, ClientSecretPost }: typeof import('openid-client'),
  { clientSecret, clientId: webClientId }: ProviderDefinition,
  { clock }: ProviderClientDeps,
): ClientAuth {
  if (clientSecret.kind === 'apple') {
    return (...args) => ClientSecretPost(signAppleSecret(clientSecret, webClientId, clock()))(...args)
  }
  const post = ClientSecretPost(clientSecret.secret)
  const basic = ClientSecretBasic(clientSecret.secret)
  return (server, ...rest) => {
    // Without the member, a provider takes `client_secret_basic` (OpenID Connect Discovery section 3).
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const isBasic = methods.includes('client_secret_basic') && !methods.includes('client_secret_post')
    return isBasic ? basic(server, ...rest) : post(server, ...rest)
  }
}

interface KeptDocument {
  readonly text: string
  readonly status: number
  readonly fetchedAt: number
}

/** The discovery document of a provider. */
interface KeptDiscovery {
  readonly fetch: GuardedFetch
  /** Keeps the document that was fetched last. Before that, it is not used again: a page about maintenance can answer 200 as well. */
  accept(): void
}

function keepDiscovery({ fetchProvider, clock }: ProviderClientDeps): KeptDiscovery {
  const fetchOnce = shareReads(fetchProvider)
  let kept: KeptDocument | null = null
  let latest: KeptDocument | null = null

  async function load(...args: Parameters<GuardedFetch>): Promise<KeptDocument> {
    const answer = await fetchOnce(...args)
    return { text: await answer.text(), status: answer.status, fetchedAt: clock() }
  }

  return {
    async fetch(url, request) {
      if (!new URL(url).pathname.endsWith(DISCOVERY_PATH)) return fetchOnce(url, request)
      const known = kept
      const isFresh = known !== null && clock() - known.fetchedAt < DISCOVERY_MS
      if (isFresh) return toResponse(known)
      try {
        const document = await load(url, request)
        if (!isDocument(document)) return toResponse(known ?? document)
        latest = document
        return toResponse(document)
      } catch (error) {
        if (known === null) throw error
        return toResponse(known)
      }
    },
    accept() {
      kept = latest ?? kept
      latest = null
    },
  }
}

/**
 * Sends one request for all simultaneous reads of a URL without a user, which are those of the discovery document and of the
 * keys: anyone can make the service ask for keys, with tokens that name unknown ones.
 */
function shareReads(fetchProvider: GuardedFetch): GuardedFetch {
  const pending = new Map<string, Promise<Response>>()
  return async (url, request) => {
    const { method = 'GET', headers = {} } = request
    if (method !== 'GET' || headers.authorization !== undefined) return fetchProvider(url, request)
    const shared = pending.get(url) ?? fetchProvider(url, request).finally(() => pending.delete(url))
    pending.set(url, shared)
    return (await shared).clone()
  }
}

function isDocument({ text, status }: KeptDocument): boolean {
  try {
    return status === 200 && JSON.parse(text).issuer !== undefined
  } catch {
    return false
  }
}

function toResponse({ text, status }: KeptDocument): Response {
  return new Response(text, { status, headers: { 'content-type': 'application/json' } })
}
