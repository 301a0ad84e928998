import { acceptConfiguration, strictMembers } from '../../kernel/arguments.ts'
import { readEmail } from '../claimed-email.ts'
import { makeProvider, type Provider } from '../provider.ts'
import { credentialSchema } from './schemas.ts'

/** Options of `github`. */
export interface GithubOptions {
  readonly clientId: string
  readonly clientSecret: string
}

const schema = strictMembers({ clientId: credentialSchema, clientSecret: credentialSchema }, 'option')

/**
 * Log in with GitHub, which has no ID tokens: the service asks for the user and the primary verified address. GitHub cannot
 * prove a new login, and is not authoritative for any address.
 * @throws ConfigurationError that names the option.
 */
export function github(options: GithubOptions): Provider {
  const { clientId, clientSecret } = acceptConfiguration('github', schema, options)
  return makeProvider({
    id: 'github',
    name: 'GitHub',
    protocol: 'github',
    mark: 'github',
    issuer: 'https://github.com/login/oauth',
    moreIssuers: [],
    clientId,
    clientSecret: { kind: 'secret', secret: clientSecret },
    moreAudiences: [],
    scope: 'read:user user:email',
    parameters: {},
    responseMode: 'query',
    provesNewLogin: false,
    allowPrivate: false,
    emailOf: (claims) => readEmail(claims, () => false),
  })
}
