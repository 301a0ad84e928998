import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createChangeFollower } from './change-follower.ts'

test('one look serves a turn of the event loop, the next turn looks again, and so does whoever announces nothing', async () => {
  let looks = 0
  const follower = createChangeFollower(
    {
      changesElsewhere: () => {
        looks++
        return []
      },
    },
    { evict: () => undefined },
  )
  follower.follow()
  follower.follow()
  expect(looks).toBe(2)
  follower.requestArrived()
  follower.requestArrived()
  follower.follow()
  expect(looks).toBe(3)
  await nextTurn()
  follower.follow()
  expect(looks).toBe(4)
  follower.requestArrived()
  expect(looks).toBe(5)
})

test('when the storage cannot be asked, a request that arrives is none the worse, and none is believed without asking', async () => {
  const follower = createChangeFollower(
    {
      changesElsewhere: () => {
        throw new Error('database is gone')
      },
    },
    { evict: () => undefined },
  )
  expect(() => follower.requestArrived()).not.toThrow()
  expect(() => follower.follow()).toThrow('database is gone')
})
