import { mkdirSync, statSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

const OTHERS_MAY_WRITE = 0o022

/**
 * Keeps V8's compiled code in `$XDG_CACHE_HOME/latchkey` (`~/.cache/latchkey`), which shortens the next start.
 * `NODE_COMPILE_CACHE` names another folder, `NODE_DISABLE_COMPILE_CACHE=1` turns the cache off. Does not use the
 * system's temporary folder, which is Node's default: the cached code is executed, and other users can write there.
 */
export function keepCompiled(): void {
  if (process.env.NODE_COMPILE_CACHE !== undefined) return // Node has enabled it already
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'latchkey')
  if (isAbsolute(folder) && makePrivate(folder)) enableCompileCache(folder)
}

/**
 * Creates the folder. Returns false if that fails or other users can write to it, as under `sudo` with the HOME of a
 * user.
 */
function makePrivate(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    return uid === (process.getuid?.() ?? 0) && (mode & OTHERS_MAY_WRITE) === 0
  } catch {
    return false
  }
}
