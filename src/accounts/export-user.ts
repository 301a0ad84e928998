import { z } from 'zod'
import type { AuditStore } from '../audit/store.ts'
import { type Clock, toIsoTime } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { ExportPart } from '../kernel/feature.ts'
import type { UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { AccountEvent } from './events.ts'
import type { AccountExportJson } from './wire.ts'

/** Dependencies of `exportUser`. */
export interface ExportDeps {
  readonly audit: AuditStore
  readonly clock: Clock
  /** The parts of all features. */
  readonly exportParts: readonly ExportPart[]
}

/** Builds the schema of the export, with the members of all parts. */
export function userExportSchema(parts: readonly ExportPart[]): z.ZodType<AccountExportJson> {
  const members = Object.assign({}, ...parts.map(({ shape }) => shape)) as Record<string, z.ZodType>
  // The part of accounts is one of them. test/client/wire.test.ts compares all parts with the types of the client.
  return z
    .object({ exportedAt: z.iso.datetime(), ...members })
    .meta({ id: 'UserExport' }) as unknown as z.ZodType<AccountExportJson>
}

/**
 * Collects everything that is stored about a user, except what proves their identity (GDPR article 15).
 * @throws Refusal `not_found` if the user does not exist.
 */
export async function exportUser(
  { audit, clock, exportParts }: ExportDeps,
  id: UserId,
  stamp: Stamp<AccountEvent>,
): Promise<AccountExportJson> {
  const collected: object[] = []
  for (const part of exportParts) {
    const members = await part.collect(id)
    if (members === null) throw new Refusal('not_found')
    collected.push(members)
  }
  await audit.write({ events: [stamp({ type: 'user.exported', userId: id })] })
  return Object.assign({ exportedAt: toIsoTime(clock()) }, ...collected) as AccountExportJson // as in the schema
}
