import type { AccessKind } from '../../kernel/feature.ts'
import { deviceLabel } from '../../sessions/device-label.ts'
import type { FactorEvent } from '../events.ts'
import type { RememberedDeviceDeps } from './remembered-device.ts'

/** The remembered devices in the list of everything that opens an account. */
export function deviceAccess({ rememberedDevices, clock }: RememberedDeviceDeps): AccessKind {
  return {
    kind: 'remembered_device',
    async list({ user }) {
      const devices = await rememberedDevices.list(user.id, clock())
      return devices.map(({ id, userAgent, createdAt, lastUsedAt }) => ({
        id,
        name: deviceLabel(userAgent),
        createdAt,
        lastUsedAt,
      }))
    },
    revokeOthers: ({ user }, stamp) =>
      rememberedDevices.forgetAll(user.id, (ids) => ({
        events: ids.map((deviceId) => {
          const forgotten: FactorEvent = { type: 'device.forgotten', userId: user.id, deviceId }
          return stamp(forgotten)
        }),
      })),
  }
}
