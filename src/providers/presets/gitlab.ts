import { acceptConfiguration, strictMembers } from '../../kernel/arguments.ts'
import { domainOf, readEmail } from '../claimed-email.ts'
import { makeProvider, type Provider } from '../provider.ts'
import { allowPrivateSchema, credentialSchema, domainsSchema, issuerSchema } from './schemas.ts'

/** Options of `gitlab`. */
export interface GitlabOptions {
  readonly clientId: string
  readonly clientSecret: string
  /** URL of your own GitLab. Default `https://gitlab.com`. */
  readonly issuer?: string | undefined
  /** Domains whose addresses your own GitLab decides about. Default: none. */
  readonly domains?: readonly string[] | undefined
  /** True: the issuer may have a private address, and outside production also a loopback address and http. Default false. */
  readonly allowPrivate?: boolean | undefined
}

const schema = strictMembers(
  {
    clientId: credentialSchema,
    clientSecret: credentialSchema,
    issuer: issuerSchema.optional(),
    domains: domainsSchema.optional(),
    allowPrivate: allowPrivateSchema.optional(),
  },
  'option',
)

/**
 * Log in with GitLab: gitlab.com, or your own.
 * @throws ConfigurationError that names the option.
 */
export function gitlab(options: GitlabOptions): Provider {
  const accepted = acceptConfiguration('gitlab', schema, options)
  const { clientId, clientSecret, issuer = 'https://gitlab.com', domains = [], allowPrivate = false } = accepted
  return makeProvider({
    id: 'gitlab',
    name: 'GitLab',
    protocol: 'openid',
    mark: 'gitlab',
    issuer,
    moreIssuers: [],
    clientId,
    clientSecret: { kind: 'secret', secret: clientSecret },
    moreAudiences: [],
    scope: 'openid email profile',
    parameters: {},
    responseMode: 'query',
    provesNewLogin: true,
    allowPrivate,
    emailOf: (claims) => readEmail(claims, (address) => domains.includes(domainOf(address))),
  })
}
