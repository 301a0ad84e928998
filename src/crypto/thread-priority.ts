import { readdirSync, readFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

const THREADS = '/proc/self/task'
const LOWEST = 19

/**
 * Lowers the priority of the threads that hash, which are those of Node's thread pool, so that the one that answers requests
 * gets a core as soon as it has something to do. With the same priority it waits for the end of a time slice, 3 ms, whenever
 * it waited for anything else. On Linux only; elsewhere, or where it is not permitted, nothing happens. Node makes all
 * threads of the pool when the first is needed: call it after that.
 * @param steps below the process itself, 1 to 19 (setpriority(2)).
 */
export function lowerThreadPool(steps: number): void {
  if (process.platform !== 'linux') return
  try {
    const niceness = Math.min(getPriority() + steps, LOWEST)
    for (const id of readdirSync(THREADS)) {
      if (readFileSync(`${THREADS}/${id}/comm`, 'utf8') === 'libuv-worker\n') setPriority(Number(id), niceness)
    }
  } catch {
    // Hidden or forbidden here: hashes are made all the same.
  }
}
