import type { UserId } from './ids.ts'

/** A user in a security epoch. A new epoch revokes everything that belongs to the old one. */
export interface DeviceOwner {
  readonly userId: UserId
  readonly securityEpoch: number
}
