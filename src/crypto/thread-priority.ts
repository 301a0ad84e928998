import { readdirSync, readFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

const THREADS = '/proc/self/task'
const LOWEST = 19

/**
 * Lowers the priority of the threads that hash, which are the threads of Node's pool. The thread that handles requests then
 * gets a core as soon as it has work. With the same priority it would wait up to 3 ms, the end of a time slice, each time it
 * wakes up. This works on Linux only; on other systems, or without permission, nothing happens. Node creates all threads of
 * the pool when it needs the first one: call this function after that.
 * @param steps niceness relative to the process, 1 to 19 (setpriority(2)).
 */
export function lowerThreadPool(steps: number): void {
  if (process.platform !== 'linux') return
  try {
    const niceness = Math.min(getPriority() + steps, LOWEST)
    for (const id of readdirSync(THREADS)) {
      if (readFileSync(`${THREADS}/${id}/comm`, 'utf8') === 'libuv-worker\n') setPriority(Number(id), niceness)
    }
  } catch {
    // Without access to the threads, hashing works at the normal priority.
  }
}
