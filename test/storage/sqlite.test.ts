import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { createLatchkey, Refusal } from '../../src/index.ts'
import { redis } from '../../src/redis.ts'
import { sqlite } from '../../src/sqlite.ts'
import { migrate, planMigrations } from '../../src/storage/sql/migrate.ts'
import type { Migration } from '../../src/storage/sql/migration.ts'
import { createKysely, openSqliteFile } from '../../src/storage/sql/sqlite-database.ts'
import { describeStorageContract } from './contract.ts'

const directory = mkdtempSync(join(tmpdir(), 'latchkey-sqlite-'))
afterAll(() => rmSync(directory, { recursive: true }))

describeStorageContract('SQLite', (options) => sqlite(join(directory, 'contract.db')).open(options))

function readlinkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // the descriptor of the listing itself
  }
}

function migration(number: number, name: string, sqlite: string[]): Migration {
  return { number, name, sqlite, postgres: [] }
}

describe('SQLite', () => {
  test('the file is WAL, synced at every commit, with foreign keys and strict tables', async () => {
    const file = openSqliteFile(join(directory, 'pragmas.db'))
    const pragma = (name: string): unknown => Object.values(file.prepare(`PRAGMA ${name}`).get() ?? {})[0]
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1])
    expect(pragma('busy_timeout')).toBeGreaterThan(0)
    const db = createKysely(file)
    const known = [migration(1, 'x', ['CREATE TABLE t (n INTEGER) STRICT'])]
    await migrate({ db, kind: 'sqlite', known })
    expect(() => file.exec("INSERT INTO t VALUES ('text')")).toThrow()
    await db.destroy()
    const stores = await sqlite(join(directory, 'strict.db')).open()
    expect(statSync(join(directory, 'strict.db')).mode & 0o777).toBe(0o600)
    await stores.close()
    const tables = new DatabaseSync(join(directory, 'strict.db')).prepare('PRAGMA table_list').all()
    const loose = tables.filter(({ name, strict }) => strict !== 1 && !String(name).startsWith('sqlite_'))
    expect(loose).toEqual([])
    expect(tables.length).toBeGreaterThan(4)
  })

  test('eight openings of a new file at once: one migrates, all work', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => sqlite(join(directory, 'herd.db')).open()))
    await Promise.all(opened.map((stores) => stores.ping()))
    await Promise.all(opened.map((stores) => stores.close()))
    expect(await sqlite(join(directory, 'herd.db')).planMigrations()).toEqual([])
  })

  test('a schema of a newer version, or a migration with a different text, is refused with a reason', async () => {
    const db = createKysely(openSqliteFile(join(directory, 'newer.db')))
    const first = migration(1, 'first', ['CREATE TABLE a (n INTEGER) STRICT'])
    const second = migration(2, 'second', [])
    const breaking = { ...migration(3, 'third', []), worksWith: 3 }
    await migrate({ db, kind: 'sqlite', known: [first, second] })
    // The previous release continues if the migration allows it; otherwise it does not start.
    expect(await planMigrations({ db, kind: 'sqlite', known: [first] })).toEqual([])
    await migrate({ db, kind: 'sqlite', known: [first, second, breaking] })
    await expect(planMigrations({ db, kind: 'sqlite', known: [first, second] })).rejects.toThrow(
      /migration 3, which this version of Latchkey does not know/,
    )
    const other = migration(1, 'first', [])
    await expect(planMigrations({ db, kind: 'sqlite', known: [other, second, breaking] })).rejects.toThrow(
      /different text/,
    )
    await db.destroy()
    await expect(sqlite(join(directory, 'newer.db')).open()).rejects.toThrow()
  })

  test('a migration that fails leaves nothing behind', async () => {
    const db = createKysely(openSqliteFile(join(directory, 'broken.db')))
    const known = [migration(1, 'broken', ['CREATE TABLE a (n INTEGER) STRICT', 'NO SQL'])]
    await expect(migrate({ db, kind: 'sqlite', known })).rejects.toThrow()
    expect(await planMigrations({ db, kind: 'sqlite', known })).toHaveLength(1)
    expect(await db.introspection.getTables()).toEqual([])
    await db.destroy()
  })

  test('other instances and processes do not drop the locks of this process, so its log is not deleted', async () => {
    const path = join(directory, 'locks.db')
    const stores = await sqlite(path).open()
    const second = await sqlite(path).open() // as when a server reloads itself
    await second.close()
    const { ino } = statSync(path)
    const held = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`:${ino} `) && line.includes(` ${process.pid} `))
    expect(held).not.toEqual([])
    // Another process opens and closes the file, as a backup or the command line does.
    const script = `const { DatabaseSync } = require('node:sqlite'); const file = new DatabaseSync(process.argv[1])
      file.exec('PRAGMA wal_checkpoint(TRUNCATE); SELECT 1'); file.close()`
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script, path])
    expect(existsSync(`${path}-wal`)).toBe(true)
    const gone = readdirSync('/proc/self/fd')
      .map((fd) => readlinkOf(`/proc/self/fd/${fd}`))
      .filter((target) => target.startsWith(path) && target.endsWith('(deleted)'))
    expect(gone).toEqual([])
    await stores.close()
  })

  test('open with migrate: false refuses an old schema and says what to run', async () => {
    await expect(sqlite(join(directory, 'old.db'), { migrate: false }).open()).rejects.toThrow('latchkey migrate')
  })

  test('a database locked by another process: 503 within two seconds, and service returns by itself', async () => {
    const path = join(directory, 'locked.db')
    const auth = await createLatchkey({
      baseUrl: 'http://localhost:3000',
      storage: sqlite(path),
      sweepIntervalMs: 0,
      onError: () => undefined,
    })
    const user = await auth.users.create({ email: 'ada@example.com', password: 'correct horse battery' })
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    let ticks = 0
    const timer = setInterval(() => ticks++, 10)
    const error = await auth.users.disable(user.id).catch((thrown: unknown) => thrown)
    clearInterval(timer)
    // Reads continue, and later writes are refused at once and not one after the other.
    expect(await auth.users.find(user.id)).not.toBeNull()
    const startedAt = performance.now()
    const late = await Promise.allSettled(Array.from({ length: 20 }, () => auth.users.disable(user.id)))
    expect(late.every(({ status }) => status === 'rejected')).toBe(true)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(error).toBeInstanceOf(Refusal)
    expect(error).toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 })
    expect(auth.toResponse(error).headers.get('retry-after')).toBe('1')
    expect(ticks).toBeGreaterThan(5) // the event loop kept running
    other.exec('ROLLBACK')
    // A later, short lock is waited for again: the long one is over. Real time has to pass here.
    await sleep(200)
    other.exec('BEGIN IMMEDIATE')
    setTimeout(() => other.exec('ROLLBACK'), 100)
    await auth.users.disable(user.id)
    other.close()
    await auth.close()
  })

  test('the sweep of an instance deletes the counters that have expired', async () => {
    const path = join(directory, 'counters.db')
    let now = Date.now()
    const auth = await createLatchkey({ baseUrl: 'http://localhost:3000', storage: sqlite(path), clock: () => now })
    const body = JSON.stringify({ email: 'nobody@example.com', password: 'a wrong password' })
    const headers = { 'content-type': 'application/json' }
    await auth.handler(new Request('http://localhost:3000/auth/login', { method: 'POST', headers, body }))
    const file = new DatabaseSync(path)
    const keys = (): unknown[] => file.prepare('SELECT key FROM throttle ORDER BY key').all()
    const account = expect.objectContaining({ key: expect.stringMatching(/^account:/) })
    const network = expect.objectContaining({ key: expect.stringMatching(/^login:/) })
    expect(keys()).toEqual([account, network])
    now += 15 * 60_000
    await auth.sweep()
    expect(keys()).toEqual([account])
    now += 30 * 24 * 3_600_000
    await auth.sweep()
    expect(keys()).toEqual([])
    file.close()
    await auth.close()
  })

  test('a directory that does not exist is named, for the database and for the file of its secrets', async () => {
    const file = join(directory, 'absent', 'app.db')
    const message = `There is no directory ${join(directory, 'absent')}`
    await expect(sqlite(file).migrate()).rejects.toThrow(message)
    await expect(createLatchkey({ baseUrl: 'http://localhost:3000', storage: sqlite(file) })).rejects.toThrow(message)
  })

  test('a start that is refused after the database was opened closes it', async () => {
    const path = join(directory, 'refused.db')
    const storage = sqlite(path)
    const refused = { secondFactor: 'required', factors: { totp: false, passkeys: false } } as const
    const withoutRedis = { sessionStorage: redis('redis://127.0.0.1:1', { deadlineMs: 100 }) }
    for (const options of [refused, withoutRedis]) {
      await expect(createLatchkey({ baseUrl: 'http://localhost:3000', storage, ...options })).rejects.toThrow()
      const open = readdirSync('/proc/self/fd').map((name) => readlinkOf(`/proc/self/fd/${name}`))
      // The index of the log stays open (decision 6). The others drop their locks.
      expect(open.filter((each) => [path, `${path}-wal`].includes(each))).toEqual([])
    }
  })

  test('a damaged file is found by the integrity check', async () => {
    const path = join(directory, 'orphan.db')
    const stores = await sqlite(path).open()
    expect(await stores.checkIntegrity()).toEqual([])
    const file = new DatabaseSync(path, { enableForeignKeyConstraints: false })
    file.exec("INSERT INTO passwords (user_id, hash, changed_at) VALUES ('nobody', 'x', 1)")
    file.close()
    expect(await stores.checkIntegrity()).toEqual([expect.stringContaining('passwords')])
    await stores.close()
  })
})
