import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newUserId } from '../kernel/ids.ts'
import { createDevices, type Device, type DeviceUser } from './device.ts'

const [oldSecret, newSecret] = [randomBytes(32), randomBytes(32)]
const devices = createDevices([oldSecret])
const newUser = (): DeviceUser => ({ userId: newUserId(() => Date.now()), securityEpoch: 0 })

function rememberAll(users: readonly DeviceUser[]): Device | null {
  return users.reduce<Device | null>((device, user) => devices.read(devices.remember(device, user)), null)
}

describe('a device', () => {
  test('knows the users who logged in with it, and keeps its id', () => {
    const [ada, bob] = [newUser(), newUser()]
    const first = rememberAll([ada])
    const both = devices.read(devices.remember(first, bob))
    expect(both?.id).toBe(first?.id)
    expect([ada, bob, newUser()].map((user) => devices.knows(both, user))).toEqual([true, true, false])
    expect(devices.read(devices.remember(both, ada))?.tags).toHaveLength(2)
  })

  test('does not know a user after a change of the security epoch, until the user logs in again', () => {
    const user = newUser()
    const before = rememberAll([user])
    const later = { ...user, securityEpoch: 1 }
    expect([devices.knows(before, user), devices.knows(before, later)]).toEqual([true, false])
    const after = devices.read(devices.remember(before, later))
    expect([after?.id, devices.knows(after, later)]).toEqual([before?.id, true])
  })

  test('remembers five users; the sixth login removes the user who logged in longest ago', () => {
    const users = Array.from({ length: 6 }, newUser)
    const again = rememberAll([...users.slice(0, 5), ...users.slice(0, 1), ...users.slice(5)])
    expect(users.map((user) => devices.knows(again, user))).toEqual([true, false, true, true, true, true])
  })

  test('CWE-208: for nobody it compares as many tags as for a user, and knows nobody (ASVS 6.3.8)', () => {
    const full = rememberAll(Array.from({ length: 5 }, newUser))
    expect([devices.knows(full, null), devices.knows(null, null), devices.knows(null, newUser())]).toEqual([
      false,
      false,
      false,
    ])
    let compared = 0
    const get = (tags: readonly string[], key: string | symbol): unknown => {
      if (/^\d$/.test(String(key))) compared++
      return Reflect.get(tags, key)
    }
    const watched = { id: full?.id ?? '', tags: new Proxy(full?.tags ?? [], { get }) }
    const counts = [newUser(), null].map((user) => {
      compared = 0
      devices.knows(watched, user)
      return compared
    })
    expect(counts).toEqual([5, 5])
  })

  test('does not reveal its users: it contains no user id, and the same user has another tag on each device', () => {
    const user = newUser()
    const [first, second] = [devices.remember(null, user), devices.remember(null, user)]
    const texts = [first, second].map((value) => Buffer.from(value, 'base64url').toString('latin1') + value)
    for (const text of texts) expect(text).not.toContain(user.userId)
    expect(devices.read(first)?.tags[0]).not.toBe(devices.read(second)?.tags[0])
  })

  test('refuses a cookie that we did not sign, and a tag of another device', () => {
    const user = newUser()
    const value = devices.remember(null, user)
    const changed = (value.startsWith('A') ? 'B' : 'A') + value.slice(1)
    for (const text of [changed, value.slice(0, -1), `${value}.x`, '', 'x', '.', null]) {
      expect(devices.read(text)).toBeNull()
    }
    const stolen = devices.read(value)
    expect(devices.knows({ id: 'another', tags: stolen?.tags ?? [] }, user)).toBe(false)
    expect(devices.knows(null, user)).toBe(false)
    expect(createDevices([newSecret]).read(value)).toBeNull()
  })

  test('is accepted with any of our secrets, and is signed with the newest', () => {
    const user = newUser()
    const value = devices.remember(null, user)
    const rotated = createDevices([newSecret, oldSecret])
    const device = rotated.read(value)
    expect(rotated.knows(device, user)).toBe(true)
    const renewed = rotated.remember(device, user)
    const later = createDevices([newSecret])
    expect(later.knows(later.read(renewed), user)).toBe(true)
    expect(later.read(renewed)?.tags).toHaveLength(1)
  })
})
