import { closeSync, existsSync, fsyncSync, openSync, realpathSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

// Not imported: an old Node.js must get as far as our message about its version.
const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
const OWNER_ONLY = 0o600
const BUSY_TIMEOUT_MS = 10_000
/** Ends of files that belong to a database: SQLite reads and deletes the first three, and Latchkey reads the last one. */
const COMPANIONS = ['-wal', '-shm', '-journal', '.secrets']

/**
 * Copies a database that may be in use to a new file for its owner only: everything that was committed when the copy
 * began, also what is still in the write-ahead log.
 * @throws Error if the database is absent, if the file exists already, or if its name belongs to a companion of the database.
 */
export async function backUpSqlite(location: string, file: string): Promise<void> {
  if (!existsSync(location)) throw new Error(`There is no database at ${location}`)
  if (isCompanion(location, file)) throw new Error(`${file} is a name that belongs to the database ${location}`)
  createForOwner(file)
  try {
    const source = new DatabaseSync(location, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    try {
      source.prepare('VACUUM INTO ?').run(file)
    } finally {
      source.close()
    }
    syncFile(file)
  } catch (error) {
    unlinkSync(file)
    throw error
  }
}

function isCompanion(location: string, file: string): boolean {
  const directory = dirname(file)
  if (!existsSync(directory)) return false
  const database = realpathSync(location)
  return COMPANIONS.some((end) => `${database}${end}` === join(realpathSync(directory), basename(file)))
}

function createForOwner(file: string): void {
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY))
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw isThere ? new Error(`${file} exists already. A backup never overwrites a file`) : error
  }
}

function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
