/*
 * Temporary files in memory: SQLite and the servers wait for the disk at every commit, and tests commit often. What a process
 * has written is still there when it is killed, so tests that kill processes work there too.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

/** The file system in memory that Linux has. */
const MEMORY = '/dev/shm'
/** The tests use up to a third of it. */
const NEEDED_BYTES = 6 * 2 ** 30

/** Lets temporary files of this process and of its children be in memory, if there is enough. Returns a function that deletes them. */
export function keepTemporaryFilesInMemory(): () => void {
  if (process.env.TMPDIR !== undefined || !hasRoom()) return () => {}
  const directory = mkdtempSync(join(MEMORY, 'latchkey-'))
  chmodSync(directory, 0o711) // PostgreSQL runs as another user
  process.env.TMPDIR = directory
  return () => {
    delete process.env.TMPDIR
    rmSync(directory, { recursive: true, force: true })
  }
}

function hasRoom(): boolean {
  if (!existsSync(MEMORY)) return false
  const { bavail, bsize } = statfsSync(MEMORY)
  return Math.min(bavail * bsize, freemem()) >= NEEDED_BYTES
}
