import { z } from 'zod'
import { MAX_CREDENTIAL_ID_BYTES } from './authenticator-data.ts'
import type { AssertionJson, RegistrationJson } from './wire.ts'

const base64url = z.string('Must be a string.').regex(/^[\w-]*$/, 'Must be base64url without padding.')
const credentialId = base64url
  .min(1, 'Must not be empty.')
  .max(Math.ceil((MAX_CREDENTIAL_ID_BYTES * 4) / 3), 'Is too long.')
const MAX_TRANSPORTS = 10
const transports = z.array(z.string('Must be a string.').regex(/^[a-z-]{1,32}$/)).max(MAX_TRANSPORTS, 'Are too many.')
const envelope = { id: credentialId, rawId: credentialId, type: z.literal('public-key', 'Must be public-key.') }

/**
 * A new credential. Browsers add members with every version, so members that we do not know are ignored, other than in the
 * rest of the body.
 */
export const registrationSchema: z.ZodType<RegistrationJson> = z.object({
  ...envelope,
  response: z.object({ clientDataJSON: base64url, attestationObject: base64url, transports: transports.optional() }),
})

/** An answer of an authenticator. Members that we do not know are ignored. */
export const assertionSchema: z.ZodType<AssertionJson> = z.object({
  ...envelope,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullable().optional(),
  }),
})
