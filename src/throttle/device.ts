/*
 * Browsers that logged in before (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). The cookie of such a
 * browser contains a random id and, for each user who logged in with it, a tag: a keyed hash of the id, the user and the
 * user's security epoch. Only we can find out which user a tag belongs to. A tag is not valid with another id, nor after all
 * sessions of the user were revoked: an attacker who lost a session that way also loses the known device. Tested by
 * device.test.ts.
 */
import { randomBytes } from 'node:crypto'
import { createKeyedHash } from '../crypto/keyed-hash.ts'
import { createSigner } from '../crypto/signature.ts'
import { newUserId, type UserId } from '../kernel/ids.ts'

/** A browser that logged in before, read from its cookie. */
export interface Device {
  readonly id: string
  /** One tag for each user who logged in with the browser, newest first. */
  readonly tags: readonly string[]
}

/** A user that a device may know. */
export interface DeviceUser {
  readonly userId: UserId
  /** The user's security epoch. When it changes, no device knows the user; see `PasswordCredential.securityEpoch`. */
  readonly securityEpoch: number
}

/** Reads and writes the cookies of devices. */
export interface Devices {
  /** Returns the device in the value of a cookie, or null if the cookie is absent or not signed by us. */
  read(value: string | null): Device | null
  /**
   * Returns true if the user has logged in with this device since all sessions of the user were last revoked together. The
   * work is the same for every user and without a user (null): each tag is compared, so that the time does not reveal whether an
   * account exists (CWE-208).
   */
  knows(device: Device | null, user: DeviceUser | null): boolean
  /** Returns the value of the cookie after a login of the user. Without a device, it creates a new one. */
  remember(device: Device | null, user: DeviceUser): string
}

const ID_BYTES = 16
/**
 * Number of tags in one cookie. One more tag drops the user who logged in longest ago. A user whose sessions were all revoked
 * gets a second tag, because the old tag cannot be recognized.
 */
const MAX_TAGS = 5
const SEPARATOR = '.'
/** Takes the place of a user who does not exist. */
const NOBODY: DeviceUser = { userId: newUserId(() => 0), securityEpoch: 0 }

/**
 * Creates the reader and writer of device cookies.
 * @param secrets newest first; the first one signs, all of them are accepted.
 */
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
    knows(device, user) {
      const isKnown = device?.tags.map(isOf(device, user ?? NOBODY)).includes(true) ?? false
      return isKnown && user !== null
    },
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
