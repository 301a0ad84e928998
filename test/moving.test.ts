/* docs/moving.md: its commands run as they are written, and users log in to the new database as before. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createLatchkey, type Latchkey, type LatchkeyOptions } from '../src/index.ts'
import { postgres } from '../src/postgres.ts'
import { sqlite } from '../src/sqlite.ts'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'
import { Client } from './support/client.ts'
import { createCommandLine } from './support/command-line.ts'
import { createDatabase, dropDatabase } from './support/postgres-server.ts'
import { PASSWORD } from './support/rings.ts'
import { MAIN } from './support/server-process.ts'
import { totpCode } from './support/totp.ts'

const PAGE = readFileSync(resolve(import.meta.dirname, '../docs/moving.md'), 'utf8')
const SECRETS = 's'.repeat(43)
const PHPASS = '$P$BsaltsaltQzFfSQXmLYYwGZyj3dUJh.'

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-moving-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

/** Runs the block of the page with this name; `npx latchkey` is the command line of this checkout. */
function runBlock(name: string, cwd: string, env: NodeJS.ProcessEnv): string {
  const [, code = ''] = new RegExp(`^\`\`\`sh ${name}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(PAGE) ?? []
  expect(code).not.toBe('')
  const script = code.replaceAll('npx latchkey', `"${process.execPath}" "${MAIN}"`)
  return execFileSync('sh', ['-e', '-c', script], { cwd, env: { ...CHILD_ENVIRONMENT, ...env }, encoding: 'utf8' })
}

async function open(
  storage: LatchkeyOptions['storage'],
  secrets = SECRETS,
): Promise<{ auth: Latchkey; client: Client; close: () => Promise<void> }> {
  const auth = await createLatchkey({
    baseUrl: 'http://localhost:3000',
    registration: 'invite',
    secrets: [secrets],
    sweepIntervalMs: 0,
    deliverMails: false,
    storage,
  })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) await auth.close()
    isOpen = false
  }
  onTestFinished(close)
  const from = { remoteAddress: '203.0.113.7' }
  const client = new Client((path, init) => auth.handler(new Request(`http://localhost:3000${path}`, init), from))
  return { auth, client, close }
}

/** Fills a database with one user of each kind. Returns what they need to log in. */
async function fill(storage: LatchkeyOptions['storage']) {
  const { auth, client, close } = await open(storage)
  const { id } = await auth.users.create({
    email: 'ada@example.com',
    password: PASSWORD,
    name: 'Ada',
    emailVerified: true,
  })
  await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
  const { secret } = (await client.post('/auth/totp')).body
  const confirmed = await client.post('/auth/totp/confirm', { code: totpCode(secret, Date.now()) })
  const [recoveryCode = ''] = confirmed.body.recoveryCodes
  const reset = await auth.users.create({ email: 'reset@example.com', password: PASSWORD })
  await auth.users.forcePasswordReset(reset.id)
  await auth.users.import([
    { email: 'old@example.com', passwordHash: PHPASS, createdAt: '2019-05-01T12:00:00Z', disabled: true },
    { email: 'none@example.com' },
  ])
  const { token } = await auth.invitations.create({ lifeMs: 90_000_000 })
  await close()
  return { id, recoveryCode, token }
}

test('SQLite to PostgreSQL and back: each export is the same, and all log in with what they had', async () => {
  const directory = makeDirectory()
  const url = await createDatabase(inject('databaseServer'))
  onTestFinished(() => dropDatabase(url))
  const { id, recoveryCode, token } = await fill(sqlite(join(directory, 'latchkey.db')))
  const env = { LATCHKEY_SECRETS: SECRETS }
  const file = join(directory, 'users.jsonl')

  expect(runBlock('export', directory, env)).toMatch(/^Wrote users\.jsonl: 5 lines\./)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const exported = readFileSync(file, 'utf8')
  expect(exported).not.toContain(token)
  expect(runBlock('import', directory, { ...env, NEW_DATABASE_URL: url })).toContain(
    '\n5 lines: 5 created, 0 existing, 0 refused\n',
  )

  const moved = await open(postgres(url))
  expect(await moved.auth.users.find('ada@example.com')).toMatchObject({ id, name: 'Ada', emailVerified: true })
  await moved.close()
  expect(runBlock('back', directory, { ...env, DATABASE_URL: url })).toContain('5 lines: 5 created')
  expect(readFileSync(file, 'utf8')).toBe(exported)
  const [, codes = ''] = /"hashes":(\[[^\]]+\])/.exec(exported) ?? []
  expect(JSON.parse(codes)).toEqual(JSON.parse(codes).toSorted()) // the order in which any database exports them

  const { auth, client } = await open(sqlite(join(directory, 'new.db')))
  const lines: string[] = []
  for await (const line of auth.users.export()) lines.push(`${JSON.stringify(line)}\n`)
  expect(lines.join('')).toBe(exported)
  const logIn = (email: string) => client.post('/auth/login', { email, password: PASSWORD })
  expect((await logIn('ada@example.com')).body).toMatchObject({ status: 'step_required' })
  expect((await client.post('/auth/login/recovery-code', { code: recoveryCode })).body.status).toBe('complete')
  expect((await logIn('reset@example.com')).status).not.toBe(200)
  const invited = { email: 'new@example.com', password: PASSWORD, invitation: token }
  expect((await client.post('/auth/register', invited)).status).toBe(201)
  expect((await client.post('/auth/register', { ...invited, email: 'second@example.com' })).status).not.toBe(201)
})

test('an import again creates nothing; a taken id, other secrets and wrong members are refused with their line', async () => {
  const directory = makeDirectory()
  const { id } = await fill(sqlite(join(directory, 'latchkey.db')))
  const { auth } = await open(sqlite(join(directory, 'latchkey.db')))
  expect(await auth.users.import(auth.users.export())).toMatchObject({
    lines: 5,
    created: 0,
    existing: 5,
    refusedCount: 0,
  })
  const takenId = [
    { id, email: 'other@example.com' },
    { id: id.toUpperCase(), email: 'another@example.com' },
  ]
  expect(await auth.users.import(takenId)).toMatchObject({ created: 0, existing: 2 })

  const elsewhere = await open(sqlite(':memory:'), 'o'.repeat(43))
  const { created, refused } = await elsewhere.auth.users.import(auth.users.export())
  expect([created, refused.map(({ problems: [problem] }) => problem?.pointer)]).toEqual([4, ['#/totp/sealedSecret']])
  const hashes = ['x'.repeat(43)]
  const wrong = [
    { email: 'a@example.com', id: 'bba1c5a0-3b52-4d0e-9d6e-6f7d1c9c2f10' },
    { email: 'b@example.com', passwordDisabledFor: 'nobody' },
    { email: 'c@example.com', recoveryCodes: { createdAt: '2026-01-01T00:00:00Z', hashes } },
    { email: 'd@example.com', totp: { sealedSecret: 'x' } },
    {
      invitation: {
        tokenHash: 'short',
        email: null,
        createdAt: '2026-01-01T00:00:00Z',
        expiresAt: '2999-01-01T00:00:00Z',
      },
    },
    {
      invitation: {
        tokenHash: hashes[0],
        email: null,
        createdAt: '2020-01-01T00:00:00Z',
        expiresAt: '2020-01-02T00:00:00Z',
      },
    },
    { invitation: {}, email: 'e@example.com' },
  ].map((line) => JSON.stringify(line))
  expect(await elsewhere.auth.users.import(wrong)).toMatchObject({ created: 0, refusedCount: wrong.length })
})

test('an export never overwrites a file', async () => {
  const directory = makeDirectory()
  await sqlite(join(directory, 'latchkey.db')).migrate()
  writeFileSync(join(directory, 'mine.txt'), 'mine')
  const { code, err } = await createCommandLine(directory)(['export', 'mine.txt'])
  expect([code, err]).toEqual([1, expect.stringContaining('exists already')])
  expect(readFileSync(join(directory, 'mine.txt'), 'utf8')).toBe('mine')
})
