import { z } from 'zod'
import { isRepeatedPattern } from '../crypto/repeated-pattern.ts'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../crypto/signing-key.ts'
import { DAY_MS, HOUR_MS } from '../kernel/clock.ts'
import { durationMs, parseList } from '../kernel/setting-schemas.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Another API that tokens of apps can be for. */
export interface OAuthResource {
  /** Its URL, which is the audience of its tokens. */
  readonly url: string
  /** The form of its access tokens. `jwt`: the API can verify them without asking (RFC 9068). Default `opaque`. */
  readonly accessTokens?: 'opaque' | 'jwt' | undefined
}

/** Settings of the authorization server. */
export interface OAuthSettings {
  /** Lets apps of third parties act for users. Default false; true if the option `oauth` is given. */
  readonly enabled: boolean
  /** Lifetime of access tokens of apps, in milliseconds. Default 1 hour. */
  readonly accessTokenMs: number
  /** Time in which a refresh token must be used, in milliseconds. Default 30 days. */
  readonly refreshTokenMs: number
  /** Time after which an app sends its user to authorize again, however often it refreshed, in milliseconds. Default 365 days. */
  readonly refreshTokenAbsoluteMs: number
  /** True: a change of the password ends what the user allowed apps to do. A reset always does. Default false. */
  readonly passwordChangeEndsGrants: boolean
  /** Lets apps register themselves if they send this secret as a Bearer token (RFC 7591). Default: apps cannot register. */
  readonly initialAccessToken?: string | undefined
  /** True: apps describe themselves in a document at the URL that is their client id. Default false. */
  readonly clientIdMetadataDocuments: boolean
  /** Algorithms of ID tokens and JWT access tokens: the first one signs, the keys of all are public. Default `['ES256']`. */
  readonly signingAlgorithms: readonly SigningAlgorithm[]
  /** Other APIs that tokens can be for (RFC 8707), or only their URLs. Default: none; the service itself needs no entry. */
  readonly resources: readonly (string | OAuthResource)[]
}

const TOKEN_RULE = 'must be 32 to 512 letters, digits and -._~+/, as `openssl rand -base64 32` prints them'
const ALGORITHMS_RULE = `must be a list of ${SIGNING_ALGORITHMS.join(', ')}, the one that signs first`
const RESOURCE_RULE =
  "must be a list of URLs, such as https://api.example.com/, without fragment and query, or of { url, accessTokens: 'jwt' }"
const urlSchema = z.string(RESOURCE_RULE).refine(isResource, RESOURCE_RULE)

/** The settings of the authorization server. */
export const oauthSettings: Settings<OAuthSettings> = defineSettings<OAuthSettings>(
  'oauth',
  {
    enabled: {
      meaning:
        'whether [apps of third parties](oauth.md) can act for users: `on` or `off`. In options: `true` or `false`; needs the package `oidc-provider`',
      default: false,
      defaultIs: '`false`, or `true` if the option `oauth` is given',
      schema: z.boolean('must be on or off'),
      variable: { name: 'LATCHKEY_OAUTH', parse: parseSwitch },
    },
    accessTokenMs: {
      meaning: 'milliseconds after which an access token of an app expires',
      default: HOUR_MS,
      schema: durationMs,
    },
    refreshTokenMs: {
      meaning: 'milliseconds in which a refresh token must be used; each use gives a new one',
      default: 30 * DAY_MS,
      schema: durationMs,
    },
    refreshTokenAbsoluteMs: {
      meaning:
        'milliseconds after which an app sends its user to authorize again, however often it refreshed its tokens; the consent page says so',
      default: 365 * DAY_MS,
      schema: durationMs,
    },
    passwordChangeEndsGrants: {
      meaning: 'whether a change of the password ends what the user allowed apps to do, as a reset always does',
      default: false,
      schema: z.boolean('must be true or false'),
    },
    initialAccessToken: {
      meaning:
        'secret with which [apps register themselves](oauth.md#apps-that-register-themselves), at least 32 characters. Without it they cannot',
      default: undefined,
      defaultIs: 'none',
      schema: z
        .string(TOKEN_RULE)
        .regex(/^[\w.~+/-]{32,512}=*$/, TOKEN_RULE)
        .refine((token) => !isRepeatedPattern(Buffer.from(token)), 'must not be a short pattern that repeats'),
      variable: { name: 'LATCHKEY_OAUTH_INITIAL_ACCESS_TOKEN', isSecret: true },
    },
    clientIdMetadataDocuments: {
      meaning:
        'whether [apps describe themselves](oauth.md#apps-that-describe-themselves) in a document at the URL that is their client id, as assistants do (MCP): `on` or `off`. In options: `true` or `false`',
      default: false,
      schema: z.boolean('must be on or off'),
      variable: { name: 'LATCHKEY_OAUTH_CLIENT_ID_METADATA_DOCUMENTS', parse: parseSwitch },
    },
    signingAlgorithms: {
      meaning:
        '[algorithms](oauth.md#algorithms) of ID tokens and JWT access tokens, separated by commas: `ES256`, `EdDSA`, `RS256`. The first one signs, and the keys of all are public. In options: a list',
      default: ['ES256'],
      defaultIs: '`ES256`',
      schema: z
        .array(z.enum(SIGNING_ALGORITHMS, ALGORITHMS_RULE), ALGORITHMS_RULE)
        .min(1, ALGORITHMS_RULE)
        .refine((given) => new Set(given).size === given.length, 'must not name an algorithm twice'),
      variable: { name: 'LATCHKEY_OAUTH_SIGNING_ALGORITHMS', parse: parseList },
    },
    resources: {
      meaning:
        "other APIs that [tokens can be for](oauth.md#several-apis): their URLs, or `{ url, accessTokens: 'jwt' }`. A token for one of them is refused everywhere else; the service itself needs no entry",
      default: [],
      defaultIs: 'none',
      schema: z
        .array(
          z.union(
            [urlSchema, z.strictObject({ url: urlSchema, accessTokens: z.enum(['opaque', 'jwt']).optional() })],
            RESOURCE_RULE,
          ),
          RESOURCE_RULE,
        )
        .max(100)
        .refine((given) => new Set(resourceUrls(given)).size === given.length, 'must not name a URL twice'),
    },
  },
  findContradiction,
)

function findContradiction({ refreshTokenMs, refreshTokenAbsoluteMs }: OAuthSettings): string | null {
  if (refreshTokenMs <= refreshTokenAbsoluteMs) return null
  return 'oauth.refreshTokenMs is longer than oauth.refreshTokenAbsoluteMs, so it has no effect: shorten it'
}

/** Returns the URLs of other APIs. */
export function resourceUrls(resources: OAuthSettings['resources']): readonly string[] {
  return resources.map((resource) => (typeof resource === 'string' ? resource : resource.url))
}

/** Returns true if the access tokens for an API are JWTs. */
export function hasJwtTokens(resources: OAuthSettings['resources'], url: string): boolean {
  return resources.some((each) => typeof each !== 'string' && each.url === url && each.accessTokens === 'jwt')
}

/** Returns true for the URL of an API, written as browsers write it. */
function isResource(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || text.includes('#') || text.includes('?')) return false
  return url.username === '' && url.password === '' && (url.href === text || url.href === `${text}/`)
}

/** Parses `on` and `off`. Returns any other text unchanged, which the schema refuses. */
function parseSwitch(text: string): boolean | string {
  if (text === 'on') return true
  return text === 'off' ? false : text
}
