/* Import of users of another system: many at once, again after a kill, and login with their old passwords. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SkippedLine } from '../src/index.ts'
import { sqlite } from '../src/sqlite.ts'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'
import { type Instance, startInstance } from './support/rings.ts'
import { MAIN } from './support/server-process.ts'
import { until } from './support/until.ts'

/** The password behind every hash in docs/importing-users.md. */
const PASSWORD = 'correct horse battery staple'
const HASHES = {
  bcrypt: '$2b$10$RhETmvIxNBHTlkVNUp5kquAY150FyGohS0Mq5P/i6.xISG.oCd8tu',
  django: 'pbkdf2_sha256$1000000$Yq3TzVbXw0kR8mUfLhNc2P$I8GymyybhXWh/H6f/32+fQkyzuoHlbU/GUTaZenj7/U=',
  phpass: '$P$BsaltsaltQzFfSQXmLYYwGZyj3dUJh.',
}
const SCHEMES = Object.keys(HASHES)
const BATCH = 500
/** Users that one transaction creates: a longer one would stall the others. */
const TOGETHER = 50

/** 2,000 lines: of ten, one is refused, one has the address of the line before it, one has that of one of the first 600. */
const MIXED = Array.from({ length: 2_000 }, (_, index) => mixedLine(index))
const CREATED = MIXED.filter((_, index) => kindOf(index) === 'user').length
const REFUSED = MIXED.filter((_, index) => kindOf(index) === 'refused').length

function kindOf(index: number): 'user' | 'refused' | 'twin' {
  if (index % 10 === 3) return 'refused'
  return index % 10 === 5 || (index % 10 === 7 && index >= 600) ? 'twin' : 'user'
}

function mixedLine(index: number): string {
  if (kindOf(index) === 'refused') return `{"email":"user${index}@example.com","passwordHash":"md5-of-user${index}"}`
  const twin = index % 10 === 5 ? index - 1 : index % 600
  const scheme = SCHEMES[index % 4]
  return JSON.stringify({
    email: `User${kindOf(index) === 'twin' ? twin : index}@Example.com`,
    name: `User ${index}`,
    passwordHash: scheme === undefined ? null : HASHES[scheme as keyof typeof HASHES],
    createdAt: new Date(Date.UTC(2020, 0, 1) - index).toISOString(),
  })
}

describe.each(['handler', 'server, PostgreSQL', 'handler, PostgreSQL and Redis'] as const)('an import (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring)
  })
  afterAll(() => instance.close())

  const logIn = async (email: string): Promise<number> =>
    (await instance.client().post('/auth/login', { email, password: PASSWORD })).status

  async function countUsers(): Promise<number> {
    let count = 0
    for (let after: string | undefined; ; ) {
      const page = await instance.auth.users.list({ limit: 1_000, ...(after === undefined ? {} : { after }) })
      count += page.length
      after = page.at(-1)?.id
      if (after === undefined) return count
    }
  }

  const expected = { lines: 2_000, created: CREATED, existing: 2_000 - CREATED - REFUSED, refusedCount: REFUSED }

  test('a dry run reports the result and writes nothing', async () => {
    const before = await instance.stored()
    expect(await instance.auth.users.import(MIXED, { dryRun: true })).toMatchObject(expected)
    expect(await countUsers()).toBe(0)
    expect(await instance.stored()).toBe(before)
  })

  test('2,000 mixed lines: valid users are created, every other line is reported with its problem and without its values', async () => {
    const skipped: SkippedLine[] = []
    const progress: number[] = []
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    const result = await instance.auth.users.import(MIXED, {
      onSkipped: (line) => skipped.push(line),
      onProgress: ({ lines }) => progress.push(lines),
    })
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(0) // other work ran in between
    expect(result).toMatchObject(expected)
    expect(result.refused).toHaveLength(REFUSED)
    expect(progress).toEqual([BATCH, 2 * BATCH, 3 * BATCH, 4 * BATCH, 4 * BATCH])
    expect(skipped.map(({ line }) => line).toSorted((left, right) => left - right)).toEqual(
      MIXED.flatMap((_, index) => (kindOf(index) === 'user' ? [] : [index + 1])),
    )
    expect(skipped).toContainEqual({
      line: 6,
      outcome: 'existing',
      problems: [{ pointer: '#/email', detail: 'Line 5 has this address already.' }],
    })
    expect(JSON.stringify(skipped)).not.toMatch(/user\d|md5|\$/)
    expect(await countUsers()).toBe(CREATED)
    const created = instance.events.filter(({ type }) => type === 'user.created')
    expect(created).toHaveLength(CREATED)
    expect(created[0]).toMatchObject({ actor: 'application', requestId: null })
  })

  test('the same import again changes nothing', async () => {
    const before = await instance.auth.users.find('user0@example.com')
    const again = await instance.auth.users.import(MIXED)
    expect(again).toMatchObject({ created: 0, existing: 2_000 - REFUSED, refusedCount: REFUSED })
    expect(await countUsers()).toBe(CREATED)
    expect(await instance.auth.users.find('user0@example.com')).toEqual(before)
    expect(before).toMatchObject({ name: 'User 0', emailVerified: false, createdAt: Date.UTC(2020, 0, 1) })
  })

  test('users are listed in the order in which the other system created them', async () => {
    const users = await instance.auth.users.list({ limit: 1_000 })
    expect(users.map(({ createdAt }) => createdAt)).toEqual(
      users.map(({ createdAt }) => createdAt).toSorted((left, right) => left - right),
    )
  })

  test.each([
    ['bcrypt', 0],
    ['Django', 1],
    ['phpass', 2],
  ])('a user with a hash of %s logs in, the first time and later', async (_, index) => {
    const email = `user${index}@example.com`
    expect((await instance.client().post('/auth/login', { email, password: 'wrong' })).status).toBe(401)
    expect([await logIn(email), await logIn(email)]).toEqual([200, 200])
  })

  test('a user without a hash and a disabled user cannot log in; an object works like a line', async () => {
    const lines = [
      { email: 'none@example.com' },
      { email: 'disabled@example.com', passwordHash: HASHES.phpass, disabled: true },
      { email: 'verified@example.com', passwordHash: HASHES.phpass, emailVerified: true },
      { email: 'no address' },
      '',
    ]
    expect(await instance.auth.users.import(lines)).toMatchObject({ lines: 5, created: 3, refusedCount: 1 })
    expect([await logIn('none@example.com'), await logIn('disabled@example.com')]).toEqual([401, 401])
    expect(await logIn('verified@example.com')).toBe(200)
    expect(await instance.auth.users.find('verified@example.com')).toMatchObject({ emailVerified: true })
  })
})

describe('latchkey user import', () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-import-'))
  beforeAll(async () => {
    for (const name of ['users.db', 'killed.db', 'odd.db', 'bcrypt.db', 'docs.db'])
      await sqlite(join(directory, name)).migrate()
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  function start(args: readonly string[], { flags = [], database = 'users.db' }: Settings = {}) {
    const env = { ...CHILD_ENVIRONMENT, DATABASE_URL: `sqlite:${database}` }
    return spawn(process.execPath, [...flags, MAIN, 'user', 'import', ...args], { cwd: directory, env })
  }

  async function run(
    args: readonly string[],
    settings?: Settings,
  ): Promise<{ code: number; out: string; err: string }> {
    const child = start(args, settings)
    child.stdin.end()
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { code, out, err }
  }

  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(directory, name), lines.map((line) => `${line}\n`).join(''))

  const countUsers = (database: string): number => {
    if (!existsSync(join(directory, database))) return 0
    const file = new DatabaseSync(join(directory, database), { readOnly: true, timeout: 1_000 })
    try {
      return Number(file.prepare('SELECT count(*) AS count FROM users').get()?.count)
    } catch {
      return 0 // the table does not exist yet
    } finally {
      file.close()
    }
  }

  test('an import that is killed and run again creates every user once, and skips the rest', async () => {
    const emails = Array.from({ length: 20_000 }, (_, index) => `user${index}@example.com`)
    write(
      'many.jsonl',
      emails.map((email) => JSON.stringify({ email, passwordHash: HASHES.phpass })),
    )
    const child = start(['many.jsonl'], { database: 'killed.db' })
    await until(async () => countUsers('killed.db') > 0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const half = countUsers('killed.db')
    expect(half % TOGETHER).toBe(0)
    expect(half).toBeLessThan(emails.length)
    const { code, out } = await run(['many.jsonl', '--json'], { database: 'killed.db' })
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ created: emails.length - half, existing: half, refusedCount: 0 })
    const file = new DatabaseSync(join(directory, 'killed.db'), { readOnly: true })
    const rows = file.prepare('SELECT email FROM users JOIN passwords ON user_id = id').all()
    const told = file.prepare("SELECT user_id FROM audit_events WHERE type = 'user.created'").all()
    file.close()
    expect(rows.map(({ email }) => email).toSorted()).toEqual(emails.toSorted())
    expect(new Set(told.map(({ user_id }) => user_id)).size).toBe(emails.length)
    expect(told).toHaveLength(emails.length)
  })

  test('a report has every line that created no user; no output has a hash; refused lines exit with 1', async () => {
    write('mixed.jsonl', MIXED)
    const { code, out, err } = await run(['mixed.jsonl', '--report', 'report.jsonl'])
    expect(code).toBe(1)
    expect(out).toBe(`2000 lines: ${CREATED} created, ${2_000 - CREATED - REFUSED} existing, ${REFUSED} refused\n`)
    expect(err).toContain('line 4: passwordHash Must be a hash of a known scheme')
    expect(err).toContain(`and ${REFUSED - 20} more; see them with --report`)
    const report = readFileSync(join(directory, 'report.jsonl'), 'utf8')
    const lines = report.trim().split('\n')
    expect(lines).toHaveLength(2_000 - CREATED)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ line: 4, outcome: 'refused' })
    expect(report + out + err).not.toMatch(/md5-of|\$P\$|user\d/)
  })

  test('lines with invalid UTF-8, too long lines and lines without an end do not affect other lines', async () => {
    const parts = [
      Buffer.from('{"email": "one@example.com"}\r\n'),
      Buffer.from([0x7b, 0xff, 0xfe, 0x0a]),
      Buffer.from(`{"email": "${'x'.repeat(200_000)}"}\n`),
      Buffer.from('{"email": "two@example.com"}'),
    ]
    writeFileSync(join(directory, 'odd.jsonl'), Buffer.concat(parts))
    const { code, out } = await run(['odd.jsonl', '--json'], { database: 'odd.db' })
    const { created, refused } = JSON.parse(out)
    expect([code, created, refused.map(({ line }: SkippedLine) => line)]).toEqual([1, 2, [2, 3]])
  })

  test('a missing package for a hash scheme is reported at the import, not at the first login', async () => {
    const hook = `import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) {
        if (name === '@node-rs/bcrypt') throw Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' })
        return next(name, context)
      } })`
    write('bcrypt.jsonl', [JSON.stringify({ email: 'ada@example.com', passwordHash: HASHES.bcrypt })])
    const flags = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`]
    for (const args of [['bcrypt.jsonl'], ['bcrypt.jsonl', '--dry-run']]) {
      const { code, err } = await run(args, { flags, database: 'bcrypt.db' })
      expect([code, err]).toEqual([1, expect.stringContaining('npm install @node-rs/bcrypt')])
    }
    expect(countUsers('bcrypt.db')).toBe(0)
  })

  test('the example in docs/importing-users.md matches the command', async () => {
    const page = readFileSync(new URL('../docs/importing-users.md', import.meta.url), 'utf8')
    const [, block = ''] = /^```console\n([\s\S]*?)^```$/m.exec(page) ?? []
    let prompts = 0
    for (const [, command = '', promised = ''] of block.matchAll(/^\$ (.*)\n((?:[^$].*\n)*)/gm)) {
      prompts++
      if (command === 'cat users.jsonl') write('users.jsonl', [promised.trimEnd()])
      const script = command.replace('npx latchkey', '"$NODE" "$MAIN"')
      const env = { ...CHILD_ENVIRONMENT, NODE: process.execPath, MAIN, DATABASE_URL: 'sqlite:docs.db' }
      const child = spawn('sh', ['-c', `${script} 2>&1`], { cwd: directory, env })
      expect([command, await text(child.stdout)]).toEqual([command, promised])
    }
    expect(prompts).toBeGreaterThan(3)
  })
})

interface Settings {
  /** Of Node itself. */
  readonly flags?: readonly string[]
  readonly database?: string
}
