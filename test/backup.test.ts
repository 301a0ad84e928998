/* docs/backup.md: its commands run as they are written, and what they restore is what was there. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest'
import { sqlite } from '../src/sqlite.ts'
import { backUpSqlite } from '../src/storage/sql/sqlite-backup.ts'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'
import { createCommandLine } from './support/command-line.ts'
import { createDatabase, dropDatabase } from './support/postgres-server.ts'
import { PASSWORD } from './support/rings.ts'
import { MAIN, startServerProcess } from './support/server-process.ts'

const PAGE = readFileSync(resolve(import.meta.dirname, '../docs/backup.md'), 'utf8')
const ADA = { email: 'ada@example.com', password: PASSWORD }

let directory: string
let latchkey: ReturnType<typeof createCommandLine>
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'latchkey-backup-'))
  latchkey = createCommandLine(directory)
  onTestFinished(() => rmSync(directory, { recursive: true }))
})

/** Runs the block of the page with this name; `npx latchkey` is the command line of this checkout. */
function runBlock(name: string, env: NodeJS.ProcessEnv = {}): string {
  const [, code = ''] = new RegExp(`^\`\`\`sh ${name}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(PAGE) ?? []
  expect(code).not.toBe('')
  const script = code.replaceAll('npx latchkey', `"${process.execPath}" "${MAIN}"`)
  const options = { cwd: directory, env: { ...CHILD_ENVIRONMENT, ...env }, encoding: 'utf8' } as const
  return execFileSync('sh', ['-e', '-c', script], options)
}

describe('SQLite', () => {
  test('a backup of a running server has every answered request; restoring it brings back that moment', async () => {
    const server = await startServerProcess({}, directory)
    expect((await server.client().post('/auth/register', ADA)).status).toBe(201)
    expect(runBlock('backup')).toMatch(/^Wrote latchkey-backup\.db: the database\.\nWrote .*\.secrets/)
    expect((await server.client().post('/auth/register', { ...ADA, email: 'eve@example.com' })).status).toBe(201)
    for (const file of ['latchkey-backup.db', 'latchkey-backup.db.secrets']) {
      expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600)
    }
    await server.end('SIGKILL') // its log stays behind, as after a crash
    expect(readdirSync(directory)).toContain('latchkey.db-wal')
    const secrets = readFileSync(join(directory, 'latchkey.db.secrets'), 'utf8')
    runBlock('restore')
    expect(readFileSync(join(directory, 'latchkey.db.secrets'), 'utf8')).toBe(secrets)
    const { users } = JSON.parse((await latchkey(['user', 'list', '--json'])).out)
    expect(users.map(({ email }: { email: string }) => email)).toEqual([ADA.email])
    const again = await startServerProcess({}, directory)
    expect((await again.client().post('/auth/login', ADA)).status).toBe(200)
    await again.end('SIGTERM')
  })

  test('a backup never overwrites a file, and a failed one leaves nothing behind', async () => {
    expect((await latchkey(['migrate'])).code).toBe(0)
    writeFileSync(join(directory, 'mine.txt'), 'mine')
    const refused = await latchkey(['backup', 'mine.txt'])
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('exists already')])
    expect(readFileSync(join(directory, 'mine.txt'), 'utf8')).toBe('mine')
    writeFileSync(join(directory, 'latchkey.db.secrets'), 'secret', { mode: 0o600 })
    writeFileSync(join(directory, 'new.db.secrets'), 'other')
    expect((await latchkey(['backup', 'new.db'])).code).toBe(1)
    expect((await latchkey(['backup', 'nowhere/new.db'])).code).toBe(1)
    expect((await latchkey(['backup', 'latchkey.db'])).code).toBe(1)
    expect(readdirSync(directory).filter((name) => name.startsWith('new'))).toEqual(['new.db.secrets'])
    const { code, out } = await latchkey(['backup', 'with-own.db', '--json'], '', { LATCHKEY_SECRETS: 'x'.repeat(43) })
    expect([code, JSON.parse(out)]).toEqual([0, { file: 'with-own.db', secretsFile: null }])
  })

  test('a backup does not take the name of a companion of the database, and no name that means something else', async () => {
    const file = join(directory, 'latchkey.db')
    await sqlite(file).migrate()
    const names = readdirSync(directory)
    for (const end of ['-wal', '-shm', '-journal', '.secrets'])
      await expect(backUpSqlite(file, `${directory}/./latchkey.db${end}`)).rejects.toThrow('belongs to the database')
    expect((await latchkey(['backup', '-'])).code).toBe(2)
    expect((await latchkey(['export', 'sqlite:new.db'])).code).toBe(2)
    expect(readdirSync(directory)).toEqual(names)
  })

  test('a copy of the file alone, while a server runs, is refused and not taken for an empty database', async () => {
    const server = await startServerProcess({}, directory)
    expect((await server.client().post('/auth/register', ADA)).status).toBe(201)
    copyFileSync(join(directory, 'latchkey.db'), join(directory, 'copied.db'))
    const { code, out, err } = await latchkey(['user', 'list'], '', { DATABASE_URL: 'sqlite:copied.db' })
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('docs/backup.md')])
    await server.end('SIGTERM')
  })

  test.each([
    ['user', 'list'],
    ['user', 'create', 'ada@example.com', '--password-stdin'],
    ['user', 'import', '-'],
    ['audit', 'verify'],
    ['invite', 'create'],
    ['backup', 'new.db'],
  ])('latchkey %s %s creates no database', async (...args) => {
    const { code, out, err } = await latchkey(args, `${PASSWORD}\n`)
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('There is no Latchkey database at sqlite:')])
    expect(readdirSync(directory)).toEqual([])
  })

  test('a command leaves a file that is no database of Latchkey as it is, and names it', async () => {
    const foreign = new DatabaseSync(join(directory, 'foreign.db'))
    foreign.exec('CREATE TABLE notes (text)')
    foreign.close()
    writeFileSync(join(directory, 'empty.db'), '')
    writeFileSync(join(directory, 'text.db'), 'This is a text and not a database.'.repeat(50))
    for (const [name, problem] of [
      ['foreign.db', 'There is no Latchkey database at sqlite:foreign.db'],
      ['empty.db', 'There is no Latchkey database at sqlite:empty.db'],
      ['text.db', `${join(directory, 'text.db')} cannot be opened: file is not a database`],
    ] as const) {
      const before = readFileSync(join(directory, name))
      for (const args of [
        ['user', 'list'],
        ['backup', 'new.db'],
      ]) {
        const { code, err } = await latchkey(args, '', { DATABASE_URL: `sqlite:${name}` })
        expect([code, err]).toEqual([1, expect.stringContaining(problem)])
      }
      expect(readFileSync(join(directory, name)).equals(before)).toBe(true)
    }
    expect(readdirSync(directory).toSorted()).toEqual(['empty.db', 'foreign.db', 'text.db'])
  })
})

test('PostgreSQL: pg_dump and pg_restore bring back the moment of the backup', async () => {
  const url = await createDatabase(inject('databaseServer'), inject('databaseTemplate'))
  onTestFinished(() => dropDatabase(url))
  const env = { DATABASE_URL: url }
  expect((await latchkey(['user', 'create', ADA.email, '--password-stdin'], PASSWORD, env)).code).toBe(0)
  runBlock('pg_dump', env)
  expect((await latchkey(['backup', 'app.db'], '', env)).err).toContain('pg_dump')
  expect((await latchkey(['user', 'create', 'eve@example.com', '--password-stdin'], PASSWORD, env)).code).toBe(0)
  runBlock('pg_restore', env)
  const { users } = JSON.parse((await latchkey(['user', 'list', '--json'], '', env)).out)
  expect(users.map(({ email }: { email: string }) => email)).toEqual([ADA.email])
})
