import { expect, test } from 'vitest'
import { inBatches } from './in-batches.ts'

/** Does the work of a queue with so many things in it; counts its calls. */
function createQueue(length: number): { work(limit: number): Promise<number>; calls: number } {
  let left = length
  return {
    calls: 0,
    async work(limit) {
      this.calls++
      const done = Math.min(left, limit)
      left -= done
      return done
    },
  }
}

test.each([
  [0, 1],
  [49, 1],
  [50, 2],
  [120, 3],
])('%i things are done in %i batches, the last of which is not full', async (length, calls) => {
  const queue = createQueue(length)
  expect(await inBatches((limit) => queue.work(limit))).toBe(length)
  expect(queue.calls).toBe(calls)
})

test('a batch that fails ends the work with its error', async () => {
  const failure = new Error('the database is locked')
  await expect(inBatches(() => Promise.reject(failure))).rejects.toBe(failure)
})
