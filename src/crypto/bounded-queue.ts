import { Refusal } from '../kernel/refusal.ts'

/** Limits of a queue. */
export interface BoundedQueueOptions {
  /** Number of tasks that run at the same time. */
  readonly concurrency: number
  /** Number of tasks that may wait; the next one is refused. */
  readonly maxWaiting: number
}

/** Runs tasks in the order in which they arrive. */
export interface BoundedQueue {
  /** Runs the task when its turn comes. Throws the refusal `overloaded` at once if the queue is full. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Number of tasks that wait now. */
  readonly waiting: number
}

const RETRY_AFTER_SECONDS = 2

/** Creates a first-in first-out queue with a limit: under too much load it refuses tasks instead of becoming slow. */
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
