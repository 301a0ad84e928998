/*
 * Browsers that logged in before (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). What such a browser
 * carries is a random id and, for each user who logged in with it, a tag: a keyed hash of the id, the user and their
 * security epoch. Only we can tell for whom a tag is, and a tag is of no use beside another id, nor after all sessions of the
 * user ended: whoever was shut out with them is a stranger. Proved by device.test.ts.
 */
import { randomBytes } from 'node:crypto'
import { createKeyedHash } from '../crypto/keyed-hash.ts'
import { createSigner } from '../crypto/signature.ts'
import type { UserId } from '../kernel/ids.ts'

/** A browser that logged in before, as its cookie says. */
export interface Device {
  readonly id: string
  /** One for each user who logged in with it, newest first. */
  readonly tags: readonly string[]
}

/** Whom a device knows. */
export interface DeviceUser {
  readonly userId: UserId
  /** When it moves on, devices know the user no more, see `PasswordCredential.securityEpoch`. */
  readonly securityEpoch: number
}

/** Reads and writes what devices carry. */
export interface Devices {
  /** The device in a cookie's value; null when there is none, or we did not write it. */
  read(value: string | null): Device | null
  /** True when this user has logged in with this device since their sessions were last ended, all at once. */
  knows(device: Device | null, user: DeviceUser): boolean
  /** The value of the cookie once this user has logged in; without a device, that of a new one. */
  remember(device: Device | null, user: DeviceUser): string
}

const ID_BYTES = 16
/**
 * Users whom one browser remembers; with one more, whoever logged in longest ago is a stranger again. Somebody whose sessions
 * were ended counts anew: their former tag can be told from no other.
 */
const MAX_TAGS = 5
const SEPARATOR = '.'

/** Makes devices out of our secrets, newest first; what older ones wrote is still read. */
export function createDevices(secrets: readonly Uint8Array[]): Devices {
  const signer = createSigner(secrets, 'device')
  const tagOf = createKeyedHash(secrets, 'device tag')
  const isOf =
    ({ id }: Device, { userId, securityEpoch }: DeviceUser) =>
    (tag: string): boolean =>
      tagOf.matches(tag, id, userId, String(securityEpoch))
  return {
    read(value) {
      const text = value === null ? null : signer.open(value)
      if (text === null) return null
      const [id = '', ...tags] = text.split(SEPARATOR)
      return { id, tags }
    },
    knows: (device, user) => device?.tags.some(isOf(device, user)) ?? false,
    remember(known, user) {
      const device = known ?? { id: randomBytes(ID_BYTES).toString('base64url'), tags: [] }
      const isOwn = isOf(device, user)
      const tags = [
        tagOf.hash(device.id, user.userId, String(user.securityEpoch)),
        ...device.tags.filter((tag) => !isOwn(tag)),
      ]
      return signer.sign([device.id, ...tags.slice(0, MAX_TAGS)].join(SEPARATOR))
    },
  }
}
