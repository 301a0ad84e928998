import { createPrivateKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { acceptConfiguration, strictMembers } from '../../kernel/arguments.ts'
import { domainOf, readEmail } from '../claimed-email.ts'
import { makeProvider, type Provider } from '../provider.ts'
import { audiencesSchema, credentialSchema } from './schemas.ts'

/** Options of `apple`. */
export interface AppleOptions {
  /** The Services ID, such as `com.example.web`. */
  readonly clientId: string
  readonly teamId: string
  readonly keyId: string
  /** The content of the file `AuthKey_….p8`. */
  readonly privateKey: string
  /** Bundle ids of your apps, whose ID tokens are accepted too. Default: none. */
  readonly audiences?: readonly string[] | undefined
}

const TEN = 'must be the 10 letters and digits that Apple shows'
const KEY = 'must be the content of the file AuthKey_….p8: a private key of the curve P-256 in PEM'
const tenSchema = z.string(TEN).regex(/^[A-Z0-9]{10}$/, TEN)

const schema = strictMembers(
  {
    clientId: credentialSchema,
    teamId: tenSchema,
    keyId: tenSchema,
    privateKey: z.string(KEY).refine((text) => readKey(text) !== null, KEY),
    audiences: audiencesSchema.optional(),
  },
  'option',
)

/** Domains of addresses that only Apple gives. */
const DOMAINS: readonly string[] = ['privaterelay.appleid.com', 'icloud.com', 'me.com', 'mac.com']

/**
 * Log in with Apple. Apple answers with a POST from its own page, and tells the name of the user only once.
 * @throws ConfigurationError that names the option.
 */
export function apple(options: AppleOptions): Provider {
  const { clientId, teamId, keyId, privateKey, audiences = [] } = acceptConfiguration('apple', schema, options)
  return makeProvider({
    id: 'apple',
    name: 'Apple',
    protocol: 'openid',
    mark: 'apple',
    issuer: 'https://appleid.apple.com',
    moreIssuers: [],
    clientId,
    clientSecret: { kind: 'apple', teamId, keyId, privateKey: readKey(privateKey) as KeyObject }, // the schema accepted it
    moreAudiences: audiences,
    scope: 'openid name email',
    parameters: {},
    responseMode: 'form_post',
    provesNewLogin: true,
    allowPrivate: false,
    emailOf: (claims) => readEmail(claims, (address) => DOMAINS.includes(domainOf(address))),
  })
}

/** Reads the key. In an environment variable, line breaks may be written as `\n`. */
function readKey(text: string): KeyObject | null {
  try {
    const key = createPrivateKey(text.replaceAll('\\n', '\n'))
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null
  } catch {
    return null
  }
}
