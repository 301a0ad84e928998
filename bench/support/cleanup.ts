/* Whatever happens, no process and no folder of the benchmark is left behind. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const processes = new Set<Pick<ChildProcess, 'kill'>>()
const folders = new Set<string>()
const MAX_ATTEMPTS = 30
const RETRY_MS = 100

/** Has the process killed when this one ends. */
export function endWithUs<Child extends ChildProcess>(child: Child): Child {
  processes.add(child)
  child.once('exit', () => processes.delete(child))
  return child
}

/** Has a process that the child started killed when this one ends, while the child runs; the child ends it otherwise. */
export function endCompanionWithUs(pid: number, child: ChildProcess): void {
  const companion = { kill: () => process.kill(pid, 'SIGKILL') }
  processes.add(companion)
  child.once('exit', () => processes.delete(companion))
}

/** A new temporary folder, removed when this process ends. */
export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `latchkey-bench-${name}-`))
  folders.add(folder)
  return folder
}

/** Removes one of those folders now. A process that was just killed may still write there, so it is tried for a while. */
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
