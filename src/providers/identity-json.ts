import { z } from 'zod'
import { toIsoTime } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import type { IdentityUses } from './identity-uses.ts'
import type { ProviderList } from './provider-list.ts'
import { providerName } from './provider-name.ts'
import type { IdentityExportJson, IdentityJson } from './wire.ts'

const shape = {
  id: z.uuid(),
  provider: z.string(),
  name: z.string(),
  email: z.string().nullable().meta({ description: 'The address that the provider reported.' }),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
}

/** An identity in JSON. */
export const identityJsonSchema = z.object(shape).meta({ id: 'Identity' }) satisfies z.ZodType<IdentityJson>

/** The identities in the export of an account. */
export const identityExportSchema = z.array(
  z.object({ ...shape, issuer: z.string(), subject: z.string() }),
) satisfies z.ZodType<IdentityExportJson['identities']>

/** Dependencies of the functions that show identities. */
export interface ShowIdentityDeps {
  readonly providers: ProviderList
  readonly identityUses: IdentityUses
}

/** Converts an identity for a response body. */
export function toIdentityJson(
  { providers, identityUses }: ShowIdentityDeps,
  { id, provider, email, createdAt, lastUsedAt }: Identity,
): IdentityJson {
  const latest = identityUses.latest(id)?.lastUsedAt ?? lastUsedAt
  return {
    id,
    provider,
    name: providerName(providers, provider),
    email,
    createdAt: toIsoTime(createdAt),
    lastUsedAt: latest === null ? null : toIsoTime(latest),
  }
}
