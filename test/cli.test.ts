/* The command line as users type it: real processes, a real file. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { sqlite } from '../src/sqlite.ts'
import { MIGRATIONS } from '../src/storage/sql/migrations/index.ts'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'
import { createCommandLine } from './support/command-line.ts'
import { PASSWORD } from './support/rings.ts'
import { MAIN, startServerProcess } from './support/server-process.ts'
import { totpCode } from './support/totp.ts'

const directory = mkdtempSync(join(tmpdir(), 'latchkey-cli-'))
afterAll(() => rmSync(directory, { recursive: true }))

const latchkey = createCommandLine(directory)

const COMMANDS = [
  'serve',
  'migrate',
  'backup',
  'export',
  'user create',
  'user import',
  'user list',
  'user show',
  'user disable',
  'user enable',
  'user reset',
  'user unlock',
  'user delete',
  'session list',
  'factor list',
  'factor remove',
  'token create',
  'token list',
  'token revoke',
  'session revoke',
  'audit verify',
  'audit tail',
  'audit export',
  'invite create',
  'client create',
  'client update',
  'client rotate-secret',
  'client delete',
]

describe('the command line', () => {
  test.each(COMMANDS)('%s --help describes the command, with an example', async (command) => {
    const { code, out } = await latchkey([...command.split(' '), '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`Usage: latchkey ${command}`)
    expect(out).toMatch(/Example:\n {2}.*latchkey/)
  })

  test('--help names every command and the exit codes', async () => {
    const { out } = await latchkey(['--help'])
    for (const word of ['serve', 'migrate', 'user', 'session', 'audit', 'Exit codes']) expect(out).toContain(word)
  })

  test('a reader that closes the pipe does not cause an error', async () => {
    const child = spawn(process.execPath, [MAIN, '--help'], { cwd: directory, env: CHILD_ENVIRONMENT })
    child.stdout.destroy()
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect([code, err]).toEqual([0, ''])
  })

  test('the compile cache is in a directory that only the user can write to', async () => {
    const startWith = async (cache: string): Promise<string> => {
      const env = { PATH: process.env.PATH, XDG_CACHE_HOME: cache }
      const child = spawn(process.execPath, [MAIN, '--version'], { cwd: directory, env })
      const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
      expect(code).toBe(0)
      return out
    }
    const own = join(directory, 'own')
    const first = await startWith(own)
    expect(readdirSync(join(own, 'latchkey'))).not.toEqual([])
    expect(statSync(join(own, 'latchkey')).mode & 0o777).toBe(0o700)
    expect(await startWith(own)).toBe(first)
    const shared = join(directory, 'shared/latchkey')
    mkdirSync(shared, { recursive: true })
    chmodSync(shared, 0o777)
    expect(await startWith(join(directory, 'shared'))).toBe(first)
    expect(readdirSync(shared)).toEqual([])
    expect(await startWith(join(MAIN, 'no-folder'))).toBe(first)
    expect(await startWith('relative')).toBe(first)
    expect(existsSync(join(directory, 'relative'))).toBe(false)
  })

  test('migrate --plan prints SQL and runs nothing; migrate runs it once', async () => {
    const plan = await latchkey(['migrate', '--plan'])
    expect(plan.out).toContain('CREATE TABLE users')
    expect(existsSync(join(directory, 'latchkey.db'))).toBe(false)
    expect(JSON.parse((await latchkey(['migrate', '--plan', '--json'])).out).pending).toHaveLength(MIGRATIONS.length)
    const ran = MIGRATIONS.map(({ number, name }) => `Ran migration ${number}: ${name}\n`)
    expect((await latchkey(['migrate'])).out).toBe(ran.join(''))
    expect((await latchkey(['migrate'])).out).toBe('The schema is up to date.\n')
    expect(JSON.parse((await latchkey(['migrate', '--json'])).out)).toEqual({ ran: [] })
  })

  test('the life of a user, seen by a running server at once', async () => {
    await sqlite(join(directory, 'latchkey.db')).migrate()
    const created = await latchkey(
      ['user', 'create', 'ada@example.com', '--name', 'Ada', '--password-stdin', '--json'],
      `${PASSWORD}\n`,
    )
    const { user } = JSON.parse(created.out)
    expect(user).toMatchObject({ email: 'ada@example.com', name: 'Ada' })
    const server = await startServerProcess({}, directory)
    const client = server.client()
    const login = () => client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
    expect((await login()).status).toBe(200)

    const { sessions } = JSON.parse((await latchkey(['session', 'list', 'ada@example.com', '--json'])).out)
    expect(sessions).toHaveLength(1)
    expect((await latchkey(['session', 'list', user.id])).out).toContain(sessions[0].id)
    expect((await latchkey(['session', 'revoke', 'ada@example.com', sessions[0].id])).out).toBe(
      'Revoked 1 session(s)\n',
    )
    expect((await client.get('/auth/session')).status).toBe(401)

    await login()
    expect(JSON.parse((await latchkey(['session', 'revoke', user.id, '--all', '--json'])).out)).toEqual({ revoked: 1 })
    expect((await client.get('/auth/session')).status).toBe(401)

    await login()
    const disabled = await latchkey(['user', 'disable', 'ada@example.com', '--json'])
    expect(JSON.parse(disabled.out).user.disabledAt).toMatch(/Z$/)
    expect((await client.get('/auth/session')).status).toBe(401)
    expect((await login()).status).toBe(401)
    await latchkey(['user', 'enable', 'ada@example.com'])
    expect((await login()).status).toBe(200)

    expect((await latchkey(['user', 'show', 'ada@example.com'])).out).toContain(`id: ${user.id}`)
    expect((await latchkey(['user', 'list'])).out).toMatch(/ID +EMAIL +NAME +CREATED +STATE\n.*ada@example.com/)
    expect(JSON.parse((await latchkey(['user', 'list', '--json'])).out).users).toHaveLength(1)
    const unconfirmed = await latchkey(['user', 'delete', user.id])
    expect([unconfirmed.code, unconfirmed.err]).toEqual([2, expect.stringMatching(/This deletes ada@.*Add --yes/)])
    const deleted = await latchkey(['user', 'delete', user.id, '--yes'])
    expect([deleted.code, deleted.out]).toEqual([0, expect.stringContaining(`(${user.id}) with all sessions`)])
    expect((await client.get('/auth/session')).status).toBe(401)
    expect((await latchkey(['user', 'show', user.id])).code).toBe(1)
    await server.end('SIGTERM')
  })

  test('access tokens: created, used, listed and revoked', async () => {
    const env = { LATCHKEY_SCOPES: 'read,write' }
    await latchkey(['user', 'create', 'tok@example.com', '--password-stdin'], `${PASSWORD}\n`)
    const create = ['token', 'create', 'tok@example.com', 'nightly backup']
    const made = await latchkey([...create, '--scope', 'read', 'write'], '', env)
    expect(made.out).toMatch(/^lkp_\S{49}\nCreated an access token, which is shown only once\. It expires at \S+Z\n$/)
    const [token = ''] = made.out.split('\n')
    const server = await startServerProcess(env, directory)
    const asToken = () => server.client().get('/auth/user', { authorization: `Bearer ${token}` })
    expect((await asToken()).body.user.email).toBe('tok@example.com')
    const { tokens } = JSON.parse((await latchkey(['token', 'list', 'tok@example.com', '--json'])).out)
    expect(tokens).toMatchObject([{ name: 'nightly backup', scopes: ['read', 'write'], lastFour: token.slice(-4) }])
    const listed = await latchkey(['token', 'list', 'tok@example.com'])
    expect(listed.out).toMatch(/nightly backup +….{4} +read write/)
    expect(listed.out).not.toContain(token)
    expect((await latchkey(['token', 'revoke', 'tok@example.com', tokens[0].id])).out).toBe(`Revoked ${tokens[0].id}\n`)
    expect((await asToken()).status).toBe(401)
    expect((await latchkey(['token', 'revoke', 'tok@example.com', tokens[0].id])).code).toBe(1)
    expect((await latchkey([...create, '--scope', 'admin'], '', env)).code).toBe(1)
    expect((await latchkey([...create, '--no-expiry'], '', env)).code).toBe(1)
    await server.end('SIGTERM')
  })

  test('second factors: listed, removed after a wait that the user cancels, or at once', async () => {
    const email = 'factor@example.com'
    await latchkey(['user', 'create', email, '--password-stdin'], `${PASSWORD}\n`)
    const server = await startServerProcess({}, directory)
    const client = server.client()
    await client.post('/auth/login', { email, password: PASSWORD })
    const { secret } = (await client.post('/auth/totp')).body
    expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, Date.now()) })).status).toBe(200)
    const list = async () => JSON.parse((await latchkey(['factor', 'list', email, '--json'])).out)
    expect(await list()).toMatchObject({
      password: true,
      passkeys: [],
      totp: { createdAt: expect.stringMatching(/Z$/) },
      recoveryCodes: { left: 10 },
      removals: [],
    })
    const waiting = JSON.parse((await latchkey(['factor', 'remove', email, 'totp', '--json'])).out)
    expect(waiting).toEqual({ status: 'waiting', availableAt: expect.stringMatching(/Z$/) })
    expect((await client.get('/auth/recovery')).body).toMatchObject({ availableAt: waiting.availableAt })
    const shown = await latchkey(['factor', 'list', email])
    expect(shown.out).toMatch(/METHOD +NAME +CREATED +LAST USED +REMOVAL\ntotp .*at \S+Z\nrecovery_code +10 left/)
    expect((await latchkey(['factor', 'remove', email, 'totp'])).out).toContain(`at ${waiting.availableAt}, unless`)
    expect((await client.delete('/auth/recovery')).status).toBe(204)
    expect((await list()).removals).toEqual([])
    expect((await latchkey(['factor', 'remove', email, 'totp', '--now', '--json'])).out).toBe('{"status":"removed"}\n')
    expect(await list()).toMatchObject({ totp: null, recoveryCodes: null })
    expect((await client.post('/auth/login', { email, password: PASSWORD })).body.status).toBe('complete')
    expect((await latchkey(['factor', 'remove', email, 'totp', '--now'])).code).toBe(1)
    expect((await latchkey(['factor', 'remove', email, 'password'])).code).toBe(2)
    expect((await latchkey(['factor', 'list', 'nobody@example.com'])).code).toBe(1)
    const tail = await latchkey(['audit', 'tail', '-n', '20'])
    expect(tail.out).toMatch(/factor\.removed/)
    expect(tail.out).toMatch(/factor\.removal_requested/)
    await server.end('SIGTERM')
  })

  test('on a terminal tables fit its width, with short ids and times from now; piped, wide and JSON output is exact', async () => {
    await sqlite(join(directory, 'latchkey.db')).migrate()
    const name = `東京 ${'x'.repeat(60)}`
    await latchkey(['user', 'create', 'wide@example.com', '--name', name, '--password-stdin'], PASSWORD)
    await latchkey(['token', 'create', 'wide@example.com', name])
    const [, piped = ''] = (await latchkey(['token', 'list', 'wide@example.com'])).out.split('\n')
    expect(piped).toMatch(/^[\da-f-]{36} {2}東京 x{60} .*Z {2}not yet$/)
    const [id = ''] = piped.split(' ')
    for (const columns of [60, 80, 120]) {
      const [heading = '', line = ''] = (await onTerminal(columns, ['token', 'list', 'wide@example.com'])).split('\r\n')
      expect([columns, stripVTControlCharacters(heading)]).toEqual([columns, expect.stringMatching(/^ID +NAME +TOKEN/)])
      expect(line).toContain(`…${id.slice(-12)}`)
      if (columns < 120) expect(line).toMatch(/x… {2}…/)
      expect(line.length + '東京'.length).toBeLessThanOrEqual(columns)
      expect(line).toMatch(/ in 89 days +not yet$/)
    }
    const unknown = await onTerminal(0, ['token', 'list', 'wide@example.com']) // of `docker run -t` or a job of CI
    expect(unknown).toContain(`…${id.slice(-12)}`)
    const wide = await onTerminal(80, ['token', 'list', 'wide@example.com', '--wide'])
    expect(wide).toContain(piped)
    expect(wide).toContain('\u001b[1mID')
    expect(await onTerminal(80, ['token', 'list', 'wide@example.com'], 'NO_COLOR=1')).not.toContain('\u001b')
    expect(await onTerminal(80, ['user', 'list'])).toMatch(/wide@example\.com .* (?:\d+ seconds? ago)/)
    const revoked = await latchkey(['token', 'revoke', 'wide@example.com', `…${id.slice(-12)}`])
    expect(revoked).toEqual({ code: 0, out: `Revoked ${id}\n`, err: '' })
    const shortOf = (table: string): string => /…[\da-f]{12}/.exec(stripVTControlCharacters(table))?.[0] ?? ''
    const user = shortOf(
      (await onTerminal(80, ['user', 'list'])).split('\r\n').find((row) => row.includes('wide@')) ?? '',
    )
    for (const typed of [user, user.slice(1)]) {
      expect((await latchkey(['user', 'show', typed])).out).toContain('email: wide@example.com')
    }
    expect((await latchkey(['user', 'show', user.slice(-5)])).code).toBe(1) // could be a slip
    await latchkey(['client', 'create', '--name', 'App', '--redirect-uri', 'https://a.example/b'])
    const client = shortOf(await onTerminal(80, ['client', 'list']))
    expect((await latchkey(['client', 'rotate-secret', client])).code).toBe(0)
    expect((await latchkey(['client', 'delete', client, '--yes'])).out).toMatch(/^Deleted [\da-f-]{36}\n$/)
  })

  /** Runs a command in a terminal of its own (`script` of util-linux) with so many columns. */
  async function onTerminal(columns: number, args: readonly string[], variables = '', input = ''): Promise<string> {
    const command = `stty cols ${columns}; ${variables} ${[process.execPath, MAIN, ...args].join(' ')}`
    const env = { ...CHILD_ENVIRONMENT, TERM: 'xterm-256color' }
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: directory, env })
    if (input !== '') child.stdin.end(input)
    const [out] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return out
  }

  test('client update changes who is asked, refuses to change nothing, and client delete asks on a terminal', async () => {
    await sqlite(join(directory, 'latchkey.db')).migrate()
    const made = await latchkey([
      'client',
      'create',
      '--name',
      'Old',
      '--redirect-uri',
      'https://a.example/b',
      '--json',
    ])
    const { clientId } = JSON.parse(made.out)
    const isOwn = async (...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await latchkey(['client', 'update', clientId, ...args, '--json'])).out).client.isFirstParty
    expect([await isOwn('--first-party'), await isOwn('--name', 'New')]).toEqual([true, true])
    expect(await isOwn('--no-first-party')).toBe(false)
    const nothing = await latchkey(['client', 'update', clientId])
    expect([nothing.code, nothing.out, nothing.err]).toEqual([2, '', expect.stringContaining('Nothing to change')])
    const asked = await onTerminal(80, ['client', 'delete', clientId], '', 'n\n')
    expect([asked.includes('“New”'), asked.includes('Nothing was deleted')]).toEqual([true, true])
    expect(await latchkey(['client', 'delete', clientId])).toEqual({ code: 0, out: `Deleted ${clientId}\n`, err: '' })
  })

  test('an invitation from the command line registers its address, once', async () => {
    const plain = await latchkey(['invite', 'create'])
    expect(plain.out).toMatch(
      /^http:\/\/localhost:3000\/auth\/register\?invitation=lk\S+\nCreated an invitation for one registration\. It expires at /,
    )
    const { out } = await latchkey(['invite', 'create', '--email', 'eve@example.com', '--days', '2', '--json'])
    const { link, expiresAt } = JSON.parse(out)
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 2 * 86_400_000)).toBeLessThan(60_000)
    const invitation = new URL(link).searchParams.get('invitation')
    const server = await startServerProcess({ LATCHKEY_REGISTRATION: 'invite' }, directory)
    const register = (email: string) =>
      server.client().post('/auth/register', { email, password: PASSWORD, invitation })
    expect((await register('mallory@example.com')).status).toBe(422)
    const registered = await register('eve@example.com')
    expect([registered.status, registered.body.user.emailVerified]).toEqual([201, false])
    expect((await register('eve@example.com')).status).toBe(410)
    await server.end('SIGTERM')
  })

  test.each([
    [['nonsense'], 2],
    [['user', 'create', 'a@example.com'], 2],
    [['user', 'show'], 2],
    [['user', 'list', '--nonsense'], 2],
    [['user', 'show', 'nobody@example.com'], 1],
    [['session', 'revoke', 'nobody@example.com', '--all'], 1],
    [['session', 'revoke', 'nobody@example.com'], 2],
    [['session', 'revoke'], 2],
    [['session', 'revoke', '--all'], 2],
    [['session', 'revoke', 'nobody@example.com', '--since', '2026-01-31'], 2],
    [['session', 'revoke', '--since', 'yesterday', '--yes'], 2],
    [['session', 'revoke', '--since', '2026-01-31T10:00', '--yes'], 2],
    [['session', 'revoke', '--network', '203.0.113.0/33', '--yes'], 1],
    [['session', 'revoke', '--user', 'nobody@example.com', '--yes'], 1],
    [['user', 'reset', 'nobody@example.com'], 1],
    [['user', 'unlock', 'nobody@example.com'], 1],
    [['audit', 'tail', '-n', '1e1'], 2],
    [['audit', 'export', '--format', 'xml'], 2],
  ])('%j exits with %i and prints the reason', async (args, code) => {
    const result = await latchkey(args)
    expect([result.code, result.out]).toEqual([code, ''])
    expect(result.err.length).toBeGreaterThan(10)
  })

  test('on a file system without hard links, such as exFAT, the secrets are created once, and no draft stays', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-links-'))
    const inFolder = createCommandLine(folder)
    const without = "import fs from 'node:fs'; fs.linkSync = () => { throw Object.assign(Error(), { code: 'EPERM' }) }"
    const hook = `${without}; process.getBuiltinModule('node:module').syncBuiltinESMExports()`
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` }
    expect((await inFolder(['migrate'], '', env)).code).toBe(0)
    expect((await inFolder(['user', 'list'], '', env)).err).toBe('')
    const secrets = readFileSync(join(folder, 'latchkey.db.secrets'), 'utf8')
    expect((await inFolder(['user', 'list'], '', env)).code).toBe(0)
    expect(readFileSync(join(folder, 'latchkey.db.secrets'), 'utf8')).toBe(secrets)
    expect(readdirSync(folder).filter((name) => name.includes('secrets'))).toEqual(['latchkey.db.secrets'])
    expect(statSync(join(folder, 'latchkey.db.secrets')).mode & 0o777).toBe(0o600)
    rmSync(folder, { recursive: true })
  })

  test('a refusal with --json is JSON on standard error; a refused password prints the reason', async () => {
    const missing = await latchkey(['user', 'show', 'nobody@example.com', '--json'])
    expect(JSON.parse(missing.err).code).toBe('not_found')
    const short = await latchkey(['user', 'create', 'b@example.com', '--password-stdin'], 'short')
    expect(short.code).toBe(1)
    expect(short.err).toContain('password: Must have at least 15 characters')
    expect(short.err).not.toContain('short\n')
  })
})
