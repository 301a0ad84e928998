/*
 * The check of a whole SQLite file. It reads every page, which takes seconds for a large file, so it runs in a thread of its
 * own with a connection of its own (DESIGN promise 11).
 */
import { Worker } from 'node:worker_threads'
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'
import { toUnavailable } from './sqlite-database.ts'

/** The program of the thread. It is a text, so that it also runs from a bundle, and needs only Node. */
const PROGRAM = `
const { DatabaseSync } = require('node:sqlite')
const { parentPort, workerData } = require('node:worker_threads')
try {
  const file = new DatabaseSync(workerData, { readOnly: true, timeout: 2_000 })
  const lines = file.prepare('PRAGMA integrity_check').all().map((row) => row.integrity_check)
  const orphans = file.prepare('PRAGMA foreign_key_check').all().map((row) => row.table)
  file.close()
  parentPort.postMessage({ lines, orphans })
} catch ({ message, errcode }) {
  parentPort.postMessage({ message, errcode })
}`

/** Result of the two checks. */
interface Found {
  readonly lines: readonly string[]
  /** The tables of rows that refer to a row that does not exist. */
  readonly orphans: readonly string[]
}

/**
 * Checks a file; returns one line for each damaged part.
 * @param path of the file; null for a database in memory, which no other thread can open.
 */
export async function checkIntegrity(path: string | null, reader: Kysely<Database>): Promise<readonly string[]> {
  const { lines, orphans } = path === null ? await checkInMemory(reader) : await checkInThread(path)
  return [
    ...lines.filter((line) => line !== 'ok'),
    ...orphans.map((table) => `A row of ${table} refers to a row that does not exist`),
  ]
}

function checkInThread(path: string): Promise<Found> {
  const thread = new Worker(PROGRAM, { eval: true, workerData: path })
  return new Promise((resolve, reject) => {
    thread.on('error', reject)
    thread.on('message', (found: Found | { readonly message: string; readonly errcode: number }) => {
      if ('lines' in found) resolve(found)
      else reject(toUnavailable(Object.assign(new Error(found.message), { errcode: found.errcode })))
    })
  })
}

async function checkInMemory(reader: Kysely<Database>): Promise<Found> {
  const { rows } = await sql<{ integrity_check: string }>`PRAGMA integrity_check`.execute(reader)
  const { rows: orphans } = await sql<{ table: string }>`PRAGMA foreign_key_check`.execute(reader)
  return { lines: rows.map((row) => row.integrity_check), orphans: orphans.map(({ table }) => table) }
}
