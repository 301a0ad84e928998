/*
 * Waits for the disk beside the event loop. A commit of SQLite with `synchronous = FULL` blocks the process while the disk
 * writes. Transactions commit without it, and their answers wait here. Proven by test/storage/sqlite-flush.test.ts.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Refusal } from '../../kernel/refusal.ts'

/** Writes what is committed to the disk. */
export interface Flush {
  /**
   * Resolves when every transaction that committed before the call is on the disk. Calls at the same moment share one write.
   * @throws Refusal `unavailable` if the disk fails, and then at every later call: nobody knows what is on the disk.
   */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Creates the flush of a database file.
 * @param location path of the file; its write-ahead log exists after the first commit, and stays while the file is open.
 */
export function createFlush(location: string): Flush {
  let log: Promise<FileHandle> | null = null
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null

  async function write(): Promise<void> {
    next = null // a call from now on may come after a commit that this write misses
    try {
      log ??= openLog(location)
      await (await log).datasync()
    } catch (cause) {
      throw new Refusal('unavailable', {
        detail: 'The database does not answer.',
        reason: `the disk of ${location} fails; restart the process when it works`,
        cause,
      })
    }
  }

  return {
    flush() {
      if (next === null) {
        next = running.then(write)
        running = next
        running.catch(() => undefined) // each caller gets the error
      }
      return next
    },

    async close() {
      await running.catch(() => undefined)
      await (await log?.catch(() => undefined))?.close()
    },
  }
}

/** Opens the write-ahead log. Its directory must name it after a power failure, too. */
async function openLog(location: string): Promise<FileHandle> {
  const log = await open(`${location}-wal`, 'r+')
  if (process.platform === 'win32') return log // a directory cannot be opened there
  const directory = await open(dirname(location), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
  return log
}
