import { z } from 'zod'
import { acceptConfiguration, strictMembers } from '../../kernel/arguments.ts'
import { judgeEmail, readFlag } from '../claimed-email.ts'
import { type ClaimedEmail, type Claims, makeProvider, type Provider } from '../provider.ts'
import { audiencesSchema, credentialSchema } from './schemas.ts'

/** Options of `microsoft`. */
export interface MicrosoftOptions {
  readonly clientId: string
  readonly clientSecret: string
  /**
   * Whose accounts may log in: the id of your tenant, `organizations` (any work or school account), `consumers` (personal
   * accounts) or `common` (both). Default `common`.
   */
  readonly tenant?: string | undefined
  /** Client ids of your apps, whose ID tokens are accepted too. Default: none. */
  readonly audiences?: readonly string[] | undefined
}

/** The tenant of all personal accounts. */
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad'
const TENANT = 'must be common, organizations, consumers, or the id of a tenant: a UUID, not a domain'

const schema = strictMembers(
  {
    clientId: credentialSchema,
    clientSecret: credentialSchema,
    tenant: z
      .string(TENANT)
      .regex(/^(?:common|organizations|consumers|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i, TENANT)
      .optional(),
    audiences: audiencesSchema.optional(),
  },
  'option',
)

/**
 * Log in with Microsoft. The tenant is part of the issuer, so accounts of two tenants are never one. `email` is free text in
 * a tenant and counts only with the claim `xms_edov`.
 * @throws ConfigurationError that names the option.
 */
export function microsoft(options: MicrosoftOptions): Provider {
  const {
    clientId,
    clientSecret,
    tenant = 'common',
    audiences = [],
  } = acceptConfiguration('microsoft', schema, options)
  const segment = tenant === 'consumers' ? CONSUMERS : tenant.toLowerCase()
  return makeProvider({
    id: 'microsoft',
    name: 'Microsoft',
    protocol: 'openid',
    mark: 'microsoft',
    issuer: `https://login.microsoftonline.com/${segment}/v2.0`,
    moreIssuers: [],
    clientId,
    clientSecret: { kind: 'secret', secret: clientSecret },
    moreAudiences: audiences,
    scope: 'openid email profile',
    parameters: {},
    responseMode: 'query',
    provesNewLogin: true,
    allowPrivate: false,
    // An app may be registered for personal accounts too: their tokens for it are valid, however they were asked for.
    admits: ({ tid }) => segment !== 'organizations' || tid !== CONSUMERS,
    emailOf,
  })
}

/**
 * `xms_edov` says that the tenant proved that it owns the domain of the address (nOAuth, Descope 2023). Personal accounts
 * have addresses of any domain, for which Microsoft is not authoritative.
 */
function emailOf({ email, xms_edov: edov, tid }: Claims): ClaimedEmail {
  const isVerified = readFlag(edov) || edov === 1 || edov === '1'
  return judgeEmail(email, isVerified, () => tid !== CONSUMERS)
}
