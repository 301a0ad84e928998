/* Removes all processes and folders of the benchmark when it ends, also after a failure. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const processes = new Set<Pick<ChildProcess, 'kill'>>()
const folders = new Set<string>()
const MAX_ATTEMPTS = 30
const RETRY_MS = 100

/** Kills the process when this one ends. */
export function endWithUs<Child extends ChildProcess>(child: Child): Child {
  processes.add(child)
  child.once('exit', () => processes.delete(child))
  return child
}

/** Kills a process that the child started when this one ends while the child runs; otherwise the child kills it. */
export function endCompanionWithUs(pid: number, child: ChildProcess): void {
  const companion = { kill: () => process.kill(pid, 'SIGKILL') }
  processes.add(companion)
  child.once('exit', () => processes.delete(companion))
}

/** Creates a temporary folder, which is deleted when this process ends. */
export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `latchkey-bench-${name}-`))
  folders.add(folder)
  return folder
}

/** Deletes such a folder now. Retries for a while, because a process that was just killed may still write to it. */
export function removeFolder(folder: string): void {
  folders.delete(folder)
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true })
      return
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) console.error(`${folder} could not be removed`, error)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

function cleanUp(): void {
  for (const child of processes) child.kill('SIGKILL')
  processes.clear()
  for (const folder of [...folders]) removeFolder(folder)
}

process.on('exit', cleanUp)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1))
}
