import { z } from 'zod'
import { acceptConfiguration, strictMembers } from '../../kernel/arguments.ts'
import { domainOf, readEmail } from '../claimed-email.ts'
import { makeProvider, type Provider } from '../provider.ts'
import { allowPrivateSchema, audiencesSchema, credentialSchema, domainsSchema, issuerSchema } from './schemas.ts'

/** Options of `oidc`. */
export interface OidcOptions {
  /** In URLs and in `session.methods`: lower-case letters, digits and hyphens. Default `oidc`. */
  readonly id?: string | undefined
  /** The name on the button. Default: the host of the issuer. */
  readonly name?: string | undefined
  /** URL of the issuer; its discovery document is at `/.well-known/openid-configuration`. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Scopes to ask for. Default `openid email profile`. */
  readonly scope?: string | undefined
  /** Domains whose addresses the provider decides about, as your company's provider does for `example.com`. Default: none. */
  readonly domains?: readonly string[] | undefined
  /** Client ids of native apps, whose ID tokens are accepted too. Default: none. */
  readonly audiences?: readonly string[] | undefined
  /** True: the issuer may have a private address, and outside production also a loopback address and http. Default false. */
  readonly allowPrivate?: boolean | undefined
}

/** Ids of the other providers, which would be mixed up. */
const RESERVED: readonly string[] = ['google', 'apple', 'microsoft', 'github', 'gitlab']
const ID = 'must be 1 to 32 lower-case letters, digits or hyphens, and not the id of another provider'
const NAME = 'must be a name, 1 to 50 characters'
const SCOPE = 'must be scopes with spaces between them, openid among them'

const schema = strictMembers(
  {
    id: z
      .string(ID)
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, ID)
      .refine((id) => !RESERVED.includes(id), ID)
      .optional(),
    name: z
      .string(NAME)
      .regex(/^[^\p{C}]{1,50}$/u, NAME)
      .optional(),
    issuer: issuerSchema,
    clientId: credentialSchema,
    clientSecret: credentialSchema,
    scope: z
      .string(SCOPE)
      .refine((text) => text.split(' ').includes('openid') && /^[!-~]+(?: [!-~]+)*$/.test(text), SCOPE)
      .optional(),
    domains: domainsSchema.optional(),
    audiences: audiencesSchema.optional(),
    allowPrivate: allowPrivateSchema.optional(),
  },
  'option',
)

/**
 * Log in with any OpenID provider: Keycloak, Authentik, Okta, Auth0, Zitadel, …
 * @throws ConfigurationError that names the option.
 */
export function oidc(options: OidcOptions): Provider {
  const accepted = acceptConfiguration('oidc', schema, options)
  const { id = 'oidc', issuer, clientId, clientSecret, domains = [], audiences = [], allowPrivate = false } = accepted
  return makeProvider({
    id,
    name: accepted.name ?? new URL(issuer).host,
    protocol: 'openid',
    mark: null,
    issuer,
    moreIssuers: [],
    clientId,
    clientSecret: { kind: 'secret', secret: clientSecret },
    moreAudiences: audiences,
    scope: accepted.scope ?? 'openid email profile',
    parameters: {},
    responseMode: 'query',
    provesNewLogin: true,
    allowPrivate,
    emailOf: (claims) => readEmail(claims, (address) => domains.includes(domainOf(address))),
  })
}
