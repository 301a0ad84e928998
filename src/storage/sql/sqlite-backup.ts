import { closeSync, existsSync, fsyncSync, openSync, unlinkSync } from 'node:fs'

// Not imported: an old Node.js must get as far as our message about its version.
const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
const OWNER_ONLY = 0o600
const BUSY_TIMEOUT_MS = 10_000

/**
 * Copies a database that may be in use to a new file for its owner only: everything that was committed when the copy
 * began, also what is still in the write-ahead log.
 * @throws Error if the database is absent, or if the file exists already.
 */
export async function backUpSqlite(location: string, file: string): Promise<void> {
  if (!existsSync(location)) throw new Error(`There is no database at ${location}`)
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
