/* Servers run on one core; load and databases on the other. */
import { execFileSync, spawnSync } from 'node:child_process'

/** The core of the servers under test. */
export const SERVER_CORE = '0'
/** The core of the load generator and of the databases. */
export const LOAD_CORE = '1'

export const ALL_CORES = `${SERVER_CORE},${LOAD_CORE}`

/** True if this system can pin processes to cores. */
export const canPin = spawnSync('taskset', ['-c', LOAD_CORE, 'true']).status === 0

/** Returns the command that runs another command on one core, from its first instruction. */
export function onCore(core: string, command: readonly string[]): [string, string[]] {
  const [file = '', ...rest] = command
  return canPin ? ['taskset', ['-c', core, file, ...rest]] : [file, rest]
}

/** Moves this process, with all its threads, to a core. */
export function moveTo(core: string): void {
  if (canPin) execFileSync('taskset', ['-a', '-p', '-c', core, String(process.pid)], { stdio: 'ignore' })
}
