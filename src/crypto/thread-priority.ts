import { readdirSync, readFileSync } from 'node:fs'
import { setPriority } from 'node:os'

const THREADS = '/proc/self/task'

/**
 * Lowers the priority of the threads that hash, which are those of Node's thread pool, so that the one that answers requests
 * gets a core as soon as it has something to do. With the same priority it waits for the end of a time slice, 3 ms, whenever
 * it waited for anything else. On Linux only; elsewhere, or where it is not permitted, nothing happens.
 * @param niceness 1 to 19 (setpriority(2)).
 * @returns false while there are no such threads: Node makes them all when the first is needed.
 */
export function lowerThreadPool(niceness: number): boolean {
  if (process.platform !== 'linux') return true
  try {
    const pool = readdirSync(THREADS).filter((id) => readFileSync(`${THREADS}/${id}/comm`, 'utf8') === 'libuv-worker\n')
    for (const id of pool) setPriority(Number(id), niceness)
    return pool.length > 0
  } catch {
    return true
  }
}
