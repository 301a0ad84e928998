import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_AGAIN_MS = 5

/** Waits until something holds, by looking. For what sends no event; a test that waits too long fails by its own limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(LOOK_AGAIN_MS)
}
