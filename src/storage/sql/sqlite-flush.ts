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
   * @throws Refusal `unavailable` if the disk fails, and then at every later call: what is on the disk is unknown.
   */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Creates the flush of a database file, and opens its write-ahead log.
 * @param location path of the file. SQLite has read it, so its log exists, and stays while the file is open.
 */
export function createFlush(location: string): Flush {
  const log = openLog(location)
  log.catch(() => undefined) // each flush gets the error; reading needs no log
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null

  async function write(): Promise<void> {
    next = null // a call from now on may come after a commit that this write misses
    await (await log).datasync()
  }

  function fail(cause: unknown): never {
    if (cause instanceof Refusal) throw cause
    const reason = `the disk of ${location} fails; restart the process when it works`
    throw new Refusal('unavailable', { detail: 'The database does not answer.', reason, cause })
  }

  return {
    flush() {
      if (next !== null) return next
      next = running.then(write).catch(fail)
      next.catch(() => undefined) // each caller gets the error
      running = next
      return next
    },

    async close() {
      await running.catch(() => undefined)
      await (await log.catch(() => undefined))?.close()
    },
  }
}

async function openLog(location: string): Promise<FileHandle> {
  const log = await open(`${location}-wal`, 'r+')
  await writeDirectory(dirname(location))
  return log
}

/**
 * Writes the names in a directory: the log must have its name after a power failure, too. Like SQLite, it ignores errors,
 * because some systems cannot do this.
 */
async function writeDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => null)
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}
