import { z } from 'zod'
import { toIsoTime } from '../../kernel/clock.ts'
import type { NamedGrant } from '../store.ts'
import type { GrantJson } from '../wire.ts'

/** A grant as the wire has it. */
export const grantJsonSchema = z
  .object({
    id: z.uuid(),
    client: z.object({ id: z.string(), name: z.string() }),
    scopes: z.array(z.string()),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'Accurate to a minute. Null: the app never used it.' }),
  })
  .meta({ id: 'Grant' }) satisfies z.ZodType<GrantJson>

/** Returns the wire form of a grant. */
export function toGrantJson({ id, clientId, clientName, scopes, createdAt, lastUsedAt }: NamedGrant): GrantJson {
  return {
    id,
    client: { id: clientId, name: clientName },
    scopes: [...scopes],
    createdAt: toIsoTime(createdAt),
    lastUsedAt: lastUsedAt === null ? null : toIsoTime(lastUsedAt),
  }
}
