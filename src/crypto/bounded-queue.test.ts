import { describe, expect, test } from 'vitest'
import { type BoundedQueue, createBoundedQueue, type Place } from './bounded-queue.ts'

const REASON = 'the test queue is full'

/** A queue with one turn that a first task holds until `release`, and the names of the tasks that ran after it. */
function busyQueue(maxWaiting: number): { queue: BoundedQueue; ran: string[]; release: () => void } {
  const queue = createBoundedQueue({ concurrency: 1, maxWaiting, reason: REASON })
  const { promise, resolve } = Promise.withResolvers<void>()
  void queue.run(() => promise)
  return { queue, ran: [], release: resolve }
}

const known = (order: number): Place => ({ isKnown: true, order })
const stranger = (order: number): Place => ({ isKnown: false, order })

describe('the bounded queue', () => {
  test('never runs more tasks at once than allowed, in order, and continues after a failure', async () => {
    const queue = createBoundedQueue({ concurrency: 2, maxWaiting: 100, reason: REASON })
    const order: number[] = []
    let running = 0
    let most = 0
    const work = Array.from({ length: 20 }, (_, index) =>
      queue.run(async () => {
        running++
        most = Math.max(most, running)
        order.push(index)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        if (index % 3 === 0) throw new Error('failed')
      }),
    )
    await Promise.allSettled(work)
    expect(order).toEqual([...order].sort((left, right) => left - right))
    expect(most).toBe(2)
    expect(queue.waiting).toBe(0)
  })

  test('the network that asked least is next, and known users and strangers take turns', async () => {
    const { queue, ran, release } = busyQueue(100)
    const add = (name: string, place: Place): Promise<void> => queue.run(async () => void ran.push(name), place)
    const work = [
      add('flood 7', stranger(7)),
      add('flood 8', stranger(8)),
      add('rare', stranger(1)),
      add('known 2', known(2)),
      add('known 1', known(1)),
      add('rare too', stranger(1)),
    ]
    release()
    await Promise.all(work)
    expect(ran).toEqual(['known 1', 'rare', 'known 2', 'rare too', 'flood 7', 'flood 8'])
  })

  test('if it is full, a task displaces the one of the network that asked most, or is refused', async () => {
    const { queue, ran, release } = busyQueue(3)
    const add = (name: string, place: Place): Promise<unknown> =>
      queue.run(async () => void ran.push(name), place).catch((error: unknown) => error)
    const flood = [4, 9, 6].map((order) => add(`flood ${order}`, stranger(order)))
    expect(await add('flood 9 again', stranger(9))).toMatchObject({
      code: 'overloaded',
      reason: REASON,
      retryAfterSeconds: 2,
    })
    const rare = add('rare', stranger(1))
    expect(await flood[1]).toMatchObject({ code: 'overloaded' })
    expect(queue.waiting).toBe(3)
    release()
    await Promise.all([...flood, rare])
    expect(ran).toEqual(['rare', 'flood 4', 'flood 6'])
  })

  test('a quarter of the places is for known users, and only that', async () => {
    const { queue, release } = busyQueue(8)
    const add = (place: Place): Promise<unknown> => queue.run(async () => 'ran', place).catch(() => 'refused')
    const strangers = Array.from({ length: 8 }, () => add(stranger(1)))
    const knowns = Array.from({ length: 4 }, () => add(known(50)))
    release()
    expect((await Promise.all(knowns)).sort()).toEqual(['ran', 'ran', 'refused', 'refused'])
    expect((await Promise.all(strangers)).filter((outcome) => outcome === 'ran')).toHaveLength(6)
  })

  test('known users cannot take the places of strangers either', async () => {
    const { queue, release } = busyQueue(8)
    const add = (place: Place): Promise<unknown> => queue.run(async () => 'ran', place).catch(() => 'refused')
    const knowns = Array.from({ length: 8 }, () => add(known(1)))
    const strangers = Array.from({ length: 8 }, () => add(stranger(50)))
    release()
    expect((await Promise.all(strangers)).filter((outcome) => outcome === 'ran')).toHaveLength(6)
    expect((await Promise.all(knowns)).filter((outcome) => outcome === 'ran')).toHaveLength(2)
  })

  test('without places every task that would wait is refused', async () => {
    const { queue, release } = busyQueue(0)
    await expect(queue.run(async () => 'ran')).rejects.toMatchObject({ code: 'overloaded' })
    release()
  })
})
