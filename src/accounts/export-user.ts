import { z } from 'zod'
import type { AuditStore } from '../audit/store.ts'
import { type Clock, toIsoTime } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { ExportPart } from '../kernel/feature.ts'
import type { UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { UserExportJson } from '../kernel/wire.ts'
import type { AccountEvent } from './events.ts'

/** Dependencies of `exportUser`. */
export interface ExportDeps {
  readonly audit: AuditStore
  readonly clock: Clock
  /** The parts of all features. */
  readonly exportParts: readonly ExportPart[]
}

/** The schema of the export: the members of all parts. */
export function userExportSchema(parts: readonly ExportPart[]): z.ZodType<UserExportJson> {
  const members = Object.assign({}, ...parts.map(({ shape }) => shape)) as Record<string, z.ZodType>
  // The parts together are what the wire says; test/client/wire.test.ts compares the two.
  return z
    .object({ exportedAt: z.iso.datetime(), ...members })
    .meta({ id: 'UserExport' }) as unknown as z.ZodType<UserExportJson>
}

/**
 * Collects everything that is stored about a user, except what proves their identity (GDPR article 15).
 * @throws Refusal `not_found` if the user does not exist.
 */
export async function exportUser(
  { audit, clock, exportParts }: ExportDeps,
  id: UserId,
  stamp: Stamp<AccountEvent>,
): Promise<UserExportJson> {
  const collected: object[] = []
  for (const part of exportParts) {
    const members = await part.collect(id)
    if (members === null) throw new Refusal('not_found')
    collected.push(members)
  }
  await audit.write({ events: [stamp({ type: 'user.exported', userId: id })] })
  return Object.assign({ exportedAt: toIsoTime(clock()) }, ...collected) as UserExportJson // see the schema
}
