import { setTimeout as sleep } from 'node:timers/promises'

/** Longer than the work takes with an idle database, and too short to be noticed. */
const LEAST_MS = 10

/**
 * Returns the result of the work after 10 ms or later, so that the answer does not show what the work found (ASVS 6.3.8; CWE-208). The
 * timer starts before the work: when it ends does not depend on the work.
 * @throws every error of the work, at once.
 */
export async function inEqualTime<T>(work: () => Promise<T>): Promise<T> {
  const least = sleep(LEAST_MS)
  const result = await work()
  await least
  return result
}
