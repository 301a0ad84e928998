import { Refusal } from '../kernel/refusal.ts'

/** How much work runs at once and how much may wait. */
export interface BoundedQueueOptions {
  /** Pieces of work that run at the same time. */
  readonly concurrency: number
  /** Pieces of work that may wait; the next one is refused. */
  readonly maxWaiting: number
}

/** Runs work in the order it came. */
export interface BoundedQueue {
  /** Runs the work when its turn comes. Throws the refusal `overloaded` at once when the queue is full. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Pieces of work that wait now. */
  readonly waiting: number
}

const RETRY_AFTER_SECONDS = 2

/** A first-in first-out queue with a limit: under a flood it says no instead of dying slowly. */
export function createBoundedQueue({ concurrency, maxWaiting }: BoundedQueueOptions): BoundedQueue {
  const turns: (() => void)[] = []
  let running = 0

  async function takeTurn(): Promise<void> {
    if (running < concurrency) {
      running++
      return
    }
    if (turns.length >= maxWaiting) {
      throw new Refusal('overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS, reason: 'password hash queue is full' })
    }
    await new Promise<void>((resolve) => turns.push(resolve))
  }

  function passOn(): void {
    const next = turns.shift()
    if (next === undefined) running--
    else next()
  }

  return {
    async run(work) {
      await takeTurn()
      try {
        return await work()
      } finally {
        passOn()
      }
    },
    get waiting() {
      return turns.length
    },
  }
}
