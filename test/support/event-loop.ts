/*
 * How long work keeps the event loop of this thread from its next turn, in CPU time of the thread: on a busy machine the
 * clock also counts the time of other processes. The system counts CPU time in steps of up to 4 ms.
 */

/** DESIGN promise 11: no work takes the event loop for longer. */
export const MAX_TURN_MS = 20
const ATTEMPTS = 3

/**
 * Returns the CPU time of the longest turn of the event loop while the work runs, in milliseconds. A turn that is too long
 * is measured again, because a garbage collection or the compiler can fall into it: the shortest of three attempts counts.
 * @param prepare makes what the work uses up, before each attempt. It is not measured.
 */
export async function longestTurnMs(work: () => unknown, prepare: () => unknown = () => undefined): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < ATTEMPTS && shortest >= MAX_TURN_MS; attempt++) {
    await prepare()
    shortest = Math.min(shortest, await measure(work))
  }
  return shortest
}

async function measure(work: () => unknown): Promise<number> {
  let longest = 0
  let isOver = false
  let before = threadCpuMs()
  const look = (): void => {
    const now = threadCpuMs()
    longest = Math.max(longest, now - before)
    before = now
    if (!isOver) setImmediate(look)
  }
  await new Promise<void>((resolve) => setImmediate(resolve))
  before = threadCpuMs()
  setImmediate(look)
  try {
    await work()
  } finally {
    isOver = true
  }
  await new Promise<void>((resolve) => setImmediate(resolve))
  return longest
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
