import { z } from 'zod'
import { toIsoTime } from '../../kernel/clock.ts'
import type { FactorRemoval } from './store.ts'
import type { FactorRemovalJson, RecoveryJson } from './wire.ts'

/** A recovery that was requested, in JSON. */
export const recoveryWaitSchema = z
  .object({ availableAt: z.iso.datetime() })
  .meta({ id: 'RecoveryWait', description: 'From this time on, the same call removes the second factors.' })

const removalSchema = z.object({
  method: z.string().meta({ description: 'all, totp, passkey or recovery_code.' }),
  requestedAt: z.iso.datetime(),
  availableAt: z.iso.datetime(),
}) satisfies z.ZodType<FactorRemovalJson>

/** The removals of factors that wait, in JSON. */
export const recoveryJsonSchema = z
  .object({ requestedAt: z.iso.datetime(), availableAt: z.iso.datetime(), removals: z.array(removalSchema) })
  .meta({ id: 'Recovery' }) satisfies z.ZodType<RecoveryJson>

/** Converts removals for a response body. Returns null if there are none. */
export function toRecoveryJson(removals: readonly FactorRemoval[]): RecoveryJson | null {
  const all = removals.map(toRemovalJson)
  const [next] = all
  return next === undefined ? null : { requestedAt: next.requestedAt, availableAt: next.availableAt, removals: all }
}

/** Converts a removal for a response body. */
export function toRemovalJson({ method, requestedAt, availableAt }: FactorRemoval): FactorRemovalJson {
  return { method, requestedAt: toIsoTime(requestedAt), availableAt: toIsoTime(availableAt) }
}
