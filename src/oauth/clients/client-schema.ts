import { z } from 'zod'
import { HIDDEN_CHARACTER, VISIBLE_CHARACTER } from '../../kernel/visible-text.ts'
import { IDENTITY_SCOPES } from '../identity-scopes.ts'
import { isRedirectUri, REDIRECT_URI_RULE } from './redirect-uri.ts'

const NAME = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,100}$/u
const NAME_RULE = 'must be 1 to 100 visible characters'
/** Longer texts are refused before they are normalized: normalizing many combining marks takes quadratic time (CWE-1333). */
const MAX_TYPED_LENGTH = 1_000

/** Name of a client: what users read on the consent page. */
export const clientNameSchema: z.ZodType<string> = z
  .string('must be text')
  .max(MAX_TYPED_LENGTH, { error: NAME_RULE, abort: true })
  .transform((text) => text.normalize('NFC').trim())
  .refine((name) => NAME.test(name) && !HIDDEN_CHARACTER.test(name) && VISIBLE_CHARACTER.test(name), NAME_RULE)

/** Scopes that every client has. They need not be named. */
const EVERY_CLIENT: readonly string[] = IDENTITY_SCOPES

const uriSchema = z.string('must be a URI').refine(isRedirectUri, REDIRECT_URI_RULE)

/** Redirect URIs of a client. */
export const redirectUrisSchema: z.ZodType<readonly string[]> = z
  .array(uriSchema, 'must be a list of URIs')
  .min(1, 'must have at least one URI')
  .max(20, 'must have at most 20 URIs')
  .refine((uris) => new Set(uris).size === uris.length, 'must not name a URI twice')

/** Addresses after logout, of which there may be none. */
export const logoutUrisSchema: z.ZodType<readonly string[]> = z.array(uriSchema, 'must be a list of URIs').max(20)

const BACKCHANNEL_RULE = 'must be an https URI without fragment, or an http URI on the same device'

/** Address of an app that wants to be told when a session is over. */
export const backchannelUriSchema: z.ZodType<string> = z
  .string(BACKCHANNEL_RULE)
  .refine((text) => isRedirectUri(text) && /^https?:/.test(text), BACKCHANNEL_RULE)

/**
 * Returns the schema of the scopes that a client may ask for.
 * @param known the scopes of the service.
 */
export function clientScopesSchema(known: readonly string[]): z.ZodType<readonly string[]> {
  const rule = known.length === 0 ? 'this service has no scopes' : `must be scopes of this service: ${known.join(', ')}`
  const isKnown = (scope: string): boolean => known.includes(scope) || EVERY_CLIENT.includes(scope)
  return z
    .array(z.string(rule).refine(isKnown, rule), rule)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
    .transform((scopes) => scopes.filter((scope) => known.includes(scope)))
}
