import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_AGAIN_MS = 5

/**
 * Polls until a condition holds, for changes that emit no event. A test that waits too long fails by its own timeout.
 */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(LOOK_AGAIN_MS)
}
