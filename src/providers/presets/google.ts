import { acceptConfiguration, strictMembers } from '../../kernel/arguments.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import { domainOf, readEmail } from '../claimed-email.ts'
import { type Claims, makeProvider, type Provider } from '../provider.ts'
import { audiencesSchema, credentialSchema } from './schemas.ts'

/** Options of `google`. */
export interface GoogleOptions {
  readonly clientId: string
  readonly clientSecret: string
  /** Client ids of your Android and iOS apps, whose ID tokens are accepted too. Default: none. */
  readonly audiences?: readonly string[] | undefined
}

const schema = strictMembers(
  { clientId: credentialSchema, clientSecret: credentialSchema, audiences: audiencesSchema.optional() },
  'option',
)

/**
 * Log in with Google. Google is authoritative for Gmail addresses, and for addresses of a Workspace domain (`hd`).
 * @throws ConfigurationError that names the option.
 */
export function google(options: GoogleOptions): Provider {
  const { clientId, clientSecret, audiences = [] } = acceptConfiguration('google', schema, options)
  return makeProvider({
    id: 'google',
    name: 'Google',
    protocol: 'openid',
    mark: 'google',
    issuer: 'https://accounts.google.com',
    // https://developers.google.com/identity/openid-connect/reference: "for legacy implementations"
    moreIssuers: ['accounts.google.com'],
    clientId,
    clientSecret: { kind: 'secret', secret: clientSecret },
    moreAudiences: audiences,
    scope: 'openid email profile',
    // Google sends auth_time only if it is asked for.
    parameters: { claims: '{"id_token":{"auth_time":null}}' },
    responseMode: 'query',
    provesNewLogin: true,
    allowPrivate: false,
    emailOf: (claims) => readEmail(claims, (address) => isGoogles(address, claims)),
  })
}

/** https://developers.google.com/identity/gsi/web/guides/verify-google-id-token */
function isGoogles(address: EmailAddress, { hd }: Claims): boolean {
  const domain = domainOf(address)
  return (
    domain === 'gmail.com' || domain === 'googlemail.com' || (typeof hd === 'string' && hd.toLowerCase() === domain)
  )
}
