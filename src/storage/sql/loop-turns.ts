/*
 * Turns of the event loop for SQLite. `node:sqlite` answers at once, so a loop that awaits its queries never lets the event
 * loop continue, and all other requests wait until it ends (DESIGN promise 11). Each unit of work asks here first.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Work that has run for so long waits for the next turn of the event loop before it continues. */
const MAX_RUN_MS = 5

/** When the first unit of work of this turn began, by the monotonic clock; null: none has begun. */
let beganAt: number | null = null

/** Resolves at once, or in the next turn of the event loop if this turn has lasted long. Never call it within a transaction. */
export async function takeTurn(): Promise<void> {
  if (beganAt !== null && performance.now() - beganAt >= MAX_RUN_MS) await nextTurn()
  if (beganAt !== null) return
  beganAt = performance.now()
  setImmediate(() => {
    beganAt = null
  })
}
