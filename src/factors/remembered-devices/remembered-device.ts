import { v7 } from 'uuid'
import { hashToken, newToken, parseToken, type Token } from '../../crypto/token.ts'
import { type Clock, DAY_MS } from '../../kernel/clock.ts'
import type { DeviceOwner } from '../../kernel/device-owner.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { FactorEvent } from '../events.ts'
import type { RememberedDeviceStore } from './store.ts'

/** Prefix of the token of a remembered device. */
const PREFIX = 'lkd'
/** How long a device is remembered. */
const REMEMBERED_MS: number = 30 * DAY_MS

/** Dependencies of remembered devices. */
export interface RememberedDeviceDeps {
  readonly rememberedDevices: RememberedDeviceStore
  readonly clock: Clock
}

/** Remembers a device, so that the next logins of the user from it do not ask for a second factor. Returns its token. */
export async function rememberDevice(
  { rememberedDevices, clock }: RememberedDeviceDeps,
  { userId, securityEpoch }: DeviceOwner,
  userAgent: string | null,
  stamp: Stamp<FactorEvent>,
): Promise<Token> {
  const now = clock()
  const token = newToken(PREFIX)
  const id = v7({ msecs: now })
  await rememberedDevices.create(
    {
      id,
      tokenHash: hashToken(token),
      userId,
      securityEpoch,
      userAgent,
      createdAt: now,
      lastUsedAt: null,
      expiresAt: now + REMEMBERED_MS,
    },
    () => ({ events: [stamp({ type: 'device.remembered', userId, deviceId: id })] }),
  )
  return token
}

/** Returns true if one of the tokens is that of a remembered device of the user. */
export async function isRemembered(
  { rememberedDevices, clock }: RememberedDeviceDeps,
  owner: DeviceOwner,
  tokens: readonly string[],
): Promise<boolean> {
  const hashes = tokens
    .map((text) => parseToken(PREFIX, text))
    .filter((token) => token !== null)
    .map(hashToken)
  return hashes.length > 0 && rememberedDevices.use(hashes, owner, clock())
}
