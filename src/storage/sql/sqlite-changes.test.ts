import { closeSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createChangeReader } from './sqlite-changes.ts'
import { openSqliteFile } from './sqlite-database.ts'

const READ_ONLY = /^flags:\s+\d*0$/m

/** Returns the descriptor of the change reader, which opens the file read-only; SQLite's own descriptor is writable. */
function readerDescriptor(path: string): number {
  const found = readdirSync('/proc/self/fd').find((descriptor) => {
    try {
      const isRead = READ_ONLY.test(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))
      return isRead && readlinkSync(`/proc/self/fd/${descriptor}`) === path
    } catch {
      return false // closed since it was listed
    }
  })
  if (found === undefined) throw new Error(`Nothing reads ${path}`)
  return Number(found)
}

test('a failed look is not reused: every request in the same turn fails, too', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-changes-'))
  const path = join(directory, 'test.db')
  const file = openSqliteFile(path)
  file.exec('CREATE TABLE changes (seq INTEGER PRIMARY KEY, kind TEXT, subject_id TEXT, user_id TEXT)')
  const readChanges = createChangeReader(file, path)
  expect(readChanges()).toEqual([])
  closeSync(readerDescriptor(`${path}-shm`))
  await nextTurn()
  for (let request = 0; request < 5; request++) expect(readChanges).toThrow()
  file.close()
  rmSync(directory, { recursive: true })
})

test('a change of a kind that this release does not know clears the cache; later changes arrive again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-changes-'))
  const path = join(directory, 'test.db')
  const file = openSqliteFile(path)
  const writer = openSqliteFile(path)
  // The constraint of the table refuses unknown kinds; a newer release replaces it in a migration.
  writer.exec('CREATE TABLE changes (seq INTEGER PRIMARY KEY, kind TEXT, subject_id TEXT, user_id TEXT)')
  const readChanges = createChangeReader(file, path)
  readChanges()
  for (const [kind, expected] of [
    ['grant', 'unknown'],
    ['user', [{ kind: 'user', id: 'u' }]],
  ] as const) {
    writer.prepare('INSERT INTO changes (kind, subject_id, user_id) VALUES (?, ?, ?)').run(kind, 's', 'u')
    await nextTurn()
    expect(readChanges()).toEqual(expected)
  }
  for (const each of [file, writer]) each.close()
  rmSync(directory, { recursive: true })
})
