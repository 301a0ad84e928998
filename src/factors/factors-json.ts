import { z } from 'zod'
import { toIsoTime } from '../kernel/clock.ts'
import type { UserId } from '../kernel/ids.ts'
import type { PasswordStore } from '../passwords/store.ts'
import { deviceLabel } from '../sessions/device-label.ts'
import { passkeyJsonSchema, toPasskeyJson } from './passkeys/passkey-json.ts'
import type { PasskeyStore } from './passkeys/store.ts'
import type { RecoveryCodeStore } from './recovery-codes/store.ts'
import type { RememberedDeviceDeps } from './remembered-devices/remembered-device.ts'
import type { TotpStore } from './totp/store.ts'
import type { FactorsJson } from './wire.ts'

/** The factors of a user, in JSON. */
export const factorsJsonSchema = z
  .object({
    password: z.boolean(),
    passkeys: z.array(passkeyJsonSchema),
    totp: z.object({ createdAt: z.iso.datetime(), lastUsedAt: z.iso.datetime().nullable() }).nullable(),
    recoveryCodes: z.object({ left: z.number(), createdAt: z.iso.datetime() }).nullable(),
    rememberedDevices: z.array(
      z.object({
        id: z.string(),
        label: z.string(),
        createdAt: z.iso.datetime(),
        lastUsedAt: z.iso.datetime().nullable(),
      }),
    ),
  })
  .meta({ id: 'Factors' }) satisfies z.ZodType<FactorsJson>

/** Dependencies of `readFactors`. */
export interface ReadFactorsDeps extends RememberedDeviceDeps {
  readonly passwords: PasswordStore
  readonly passkeys: PasskeyStore
  readonly totp: TotpStore
  readonly recoveryCodes: RecoveryCodeStore
}

/** Returns the factors of a user, without their secrets. */
export async function readFactors(deps: ReadFactorsDeps, userId: UserId): Promise<FactorsJson> {
  const [changedAt, passkeys, totp, recoveryCodes, devices] = await Promise.all([
    deps.passwords.findChangedAt(userId),
    deps.passkeys.list(userId),
    deps.totp.find(userId),
    deps.recoveryCodes.find(userId),
    deps.rememberedDevices.list(userId, deps.clock()),
  ])
  return {
    password: changedAt !== null,
    passkeys: passkeys.map(toPasskeyJson),
    totp:
      totp === null || totp.confirmedAt === null
        ? null
        : { createdAt: toIsoTime(totp.confirmedAt), lastUsedAt: toTimeOrNull(totp.lastUsedAt) },
    recoveryCodes:
      recoveryCodes === null ? null : { left: recoveryCodes.left, createdAt: toIsoTime(recoveryCodes.createdAt) },
    rememberedDevices: devices.map(({ id, userAgent, createdAt, lastUsedAt }) => ({
      id,
      label: deviceLabel(userAgent),
      createdAt: toIsoTime(createdAt),
      lastUsedAt: toTimeOrNull(lastUsedAt),
    })),
  }
}

function toTimeOrNull(time: number | null): string | null {
  return time === null ? null : toIsoTime(time)
}
