import { mkdirSync, statSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

const OTHERS_MAY_WRITE = 0o022

/**
 * Keeps what V8 compiles for the next start, which is shorter then, in `$XDG_CACHE_HOME/latchkey` (`~/.cache/latchkey`).
 * `NODE_COMPILE_CACHE` names another folder, `NODE_DISABLE_COMPILE_CACHE=1` turns it off. Not in the system's temporary
 * folder, where Node would put it: what stands there is run, and others can write there.
 */
export function keepCompiled(): void {
  if (process.env.NODE_COMPILE_CACHE !== undefined) return // Node did it already
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'latchkey')
  if (isAbsolute(folder) && makePrivate(folder)) enableCompileCache(folder)
}

/** Makes the folder; false when that fails or others can write there, as under `sudo` with the HOME of a user. */
function makePrivate(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    return uid === (process.getuid?.() ?? 0) && (mode & OTHERS_MAY_WRITE) === 0
  } catch {
    return false
  }
}
