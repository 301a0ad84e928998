import { z } from 'zod'
import { toIsoTime } from '../../kernel/clock.ts'
import type { Passkey } from '../../kernel/passkey.ts'
import type { CreationOptionsJson, CredentialDescriptorJson, PasskeyJson, RequestOptionsJson } from './wire.ts'

/** A passkey, in JSON. */
export const passkeyJsonSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    syncs: z.boolean(),
  })
  .meta({ id: 'Passkey' }) satisfies z.ZodType<PasskeyJson>

const descriptorSchema = z.object({
  type: z.literal('public-key'),
  id: z.string(),
  transports: z.array(z.string()),
}) satisfies z.ZodType<CredentialDescriptorJson>

/** Options for a new passkey, in JSON. */
export const creationOptionsSchema = z
  .object({
    challenge: z.string(),
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.number() })),
    timeout: z.number(),
    attestation: z.literal('none'),
    excludeCredentials: z.array(descriptorSchema),
    authenticatorSelection: z.object({
      residentKey: z.literal('required'),
      requireResidentKey: z.literal(true),
      userVerification: z.literal('required'),
    }),
  })
  .meta({ id: 'PasskeyCreationOptions' }) satisfies z.ZodType<CreationOptionsJson>

/** Options for the use of a passkey, in JSON. */
export const requestOptionsSchema = z
  .object({
    challenge: z.string(),
    rpId: z.string(),
    timeout: z.number(),
    userVerification: z.literal('required'),
    allowCredentials: z.array(descriptorSchema),
  })
  .meta({ id: 'PasskeyRequestOptions' }) satisfies z.ZodType<RequestOptionsJson>

/** Converts a passkey for a response body. */
export function toPasskeyJson({ id, name, createdAt, lastUsedAt, syncs }: Passkey): PasskeyJson {
  return {
    id,
    name,
    createdAt: toIsoTime(createdAt),
    lastUsedAt: lastUsedAt === null ? null : toIsoTime(lastUsedAt),
    syncs,
  }
}
