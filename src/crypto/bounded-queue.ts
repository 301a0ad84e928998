/*
 * A queue that refuses work instead of becoming slow, and shares its places. Users who are known and strangers wait in
 * separate lines, which take turns. In each line the task with the lowest order is next, so a network that asks often waits
 * behind one that asks rarely. A quarter of the places is for known users. If the queue is full, a new task displaces the
 * waiting task that has the highest order, or is refused. Tested by bounded-queue.test.ts.
 */
import { Refusal } from '../kernel/refusal.ts'

/** Limits of a queue. */
export interface BoundedQueueOptions {
  /** Number of tasks that run at the same time. */
  readonly concurrency: number
  /** Number of tasks that may wait; the next one displaces another one or is refused. */
  readonly maxWaiting: number
  /** Private reason of a refusal, for events. */
  readonly reason: string
}

/** Place of a task in the queue. */
export interface Place {
  /** True for the line of users who are known: by their device, or by a secret link. */
  readonly isKnown: boolean
  /** Number of recent tasks of the same network or account, this one included. */
  readonly order: number
}

/** Runs tasks in the order of their places. */
export interface BoundedQueue {
  /** Runs the task when its turn comes. Throws the refusal `overloaded` if the queue is full, or if the task is displaced. */
  run<T>(work: () => Promise<T>, place?: Place): Promise<T>
  /** Number of tasks that wait now. */
  readonly waiting: number
}

/** A task that waits. */
interface Waiting {
  readonly order: number
  readonly start: () => void
  readonly refuse: (reason: Refusal) => void
}

const RETRY_AFTER_SECONDS = 2
/** Part of the places that is kept for known users. */
const KNOWN_PART = 1 / 4
/** Place of a task of the application itself. */
const OWN_PLACE: Place = { isKnown: true, order: 1 }

/** Creates an empty queue. */
export function createBoundedQueue({ concurrency, maxWaiting, reason }: BoundedQueueOptions): BoundedQueue {
  const known: Waiting[] = []
  const strangers: Waiting[] = []
  const knownPlaces = Math.ceil(maxWaiting * KNOWN_PART)
  let running = 0
  let lastLine = strangers

  const countWaiting = (): number => known.length + strangers.length

  async function takeTurn({ isKnown, order }: Place): Promise<void> {
    if (running < concurrency) {
      running++
      return
    }
    const line = isKnown ? known : strangers
    if (countWaiting() >= maxWaiting) makeRoom(line, order)
    await new Promise<void>((start, refuse) => line.push({ order, start, refuse }))
  }

  /** Displaces a waiting task. Throws the refusal if the new task has no better claim than each of the others. */
  function makeRoom(line: Waiting[], order: number): void {
    const places = line === known ? knownPlaces : maxWaiting - knownPlaces
    const isBelowShare = line.length < places
    const full = isBelowShare ? (line === known ? strangers : known) : line
    const last = full.findLast((task) => full.every((other) => other.order <= task.order))
    const refusal = new Refusal('overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS, reason })
    if (last === undefined || (!isBelowShare && last.order <= order)) throw refusal
    full.splice(full.indexOf(last), 1)
    last.refuse(refusal)
  }

  /** Starts the task with the lowest order of the line whose turn it is. At least one task must wait. */
  function startNext(): void {
    const other = lastLine === known ? strangers : known
    const line = other.length > 0 ? other : lastLine
    const next = line.reduce((best, task) => (task.order < best.order ? task : best))
    line.splice(line.indexOf(next), 1)
    lastLine = line
    next.start()
  }

  function passOn(): void {
    if (countWaiting() === 0) running--
    else startNext()
  }

  return {
    async run(work, place = OWN_PLACE) {
      await takeTurn(place)
      try {
        return await work()
      } finally {
        passOn()
      }
    },
    get waiting() {
      return countWaiting()
    },
  }
}
