/* The audit log and the actions of administrators from the command line: real processes, a real file. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sqlite } from '../src/sqlite.ts'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'
import { createCommandLine } from './support/command-line.ts'
import { PASSWORD } from './support/rings.ts'
import { MAIN, startServerProcess } from './support/server-process.ts'

const ACTOR = `cli:${userInfo().username}`

describe('the audit log from the command line', () => {
  let directory: string
  let latchkey: ReturnType<typeof createCommandLine>
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-audit-'))
    latchkey = createCommandLine(directory)
    await sqlite(join(directory, 'latchkey.db')).migrate()
    await latchkey(['user', 'create', 'ada@example.com', '--password-stdin'], PASSWORD)
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const runSql = (sql: string): void => {
    const file = new DatabaseSync(join(directory, 'latchkey.db'))
    file.exec(sql)
    file.close()
  }

  test('actions are recorded under the name of the system user; a reset disables, unlocking enables', async () => {
    expect((await latchkey(['user', 'reset', 'ada@example.com'])).code).toBe(0)
    expect((await latchkey(['user', 'unlock', 'ada@example.com', '--json'])).code).toBe(0)
    const { events } = JSON.parse((await latchkey(['audit', 'tail', '--json'])).out)
    expect(events).toMatchObject([
      { type: 'user.created', actor: ACTOR },
      { type: 'password.disabled', actor: ACTOR, detail: { reason: 'forced' } },
      { type: 'password.enabled', actor: ACTOR },
    ])
    const lines = (await latchkey(['audit', 'tail', '-n', '2'])).out.trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^\d{4}-\S+Z password\.disabled user=\S+ actor=cli:\S+ reason=forced$/)
  })

  test('verify prints the head and exits with 0, or with 1 and the batch if a row was changed', async () => {
    const { code, out } = await latchkey(['audit', 'verify'])
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^Batches: 1\nEvents: 1 sealed, 0 .*\nHead: \w{64}\nThe audit log is unmodified\./),
    ])
    const head = /Head: (\w+)/.exec(out)?.[1] ?? ''
    await latchkey(['user', 'disable', 'ada@example.com'])
    const { out: json, code: same } = await latchkey(['audit', 'verify', '--head', head, '--json'])
    expect([same, JSON.parse(json)]).toMatchObject([0, { ok: true, batches: 2, problems: [] }])
    runSql("UPDATE audit_events SET type = 'user.renamed' WHERE batch = 2")
    const broken = await latchkey(['audit', 'verify', '--head', head])
    expect([broken.code, broken.out]).toEqual([1, expect.stringContaining('Batch 2: A row was changed')])
    const brokenJson = await latchkey(['audit', 'verify', '--json'])
    expect([brokenJson.code, JSON.parse(brokenJson.out)]).toMatchObject([1, { ok: false, problems: [{ batch: 2 }] }])
    runSql('DELETE FROM audit_events; DELETE FROM audit_seals')
    const emptied = await latchkey(['audit', 'verify', '--head', head])
    expect([emptied.code, emptied.out]).toEqual([1, expect.stringContaining('No batch has the expected head')])
    expect((await latchkey(['audit', 'verify'])).code).toBe(0) // no head was stored elsewhere
  })

  test('export prints one JSON object per line, from a given time on, and stops if its reader is gone', async () => {
    await latchkey(['user', 'disable', 'ada@example.com'])
    const all = (await latchkey(['audit', 'export'])).out.trimEnd().split('\n')
    expect(all.map((line) => JSON.parse(line).type)).toEqual(['user.created', 'user.disabled'])
    const { at } = JSON.parse(all[1] ?? '')
    const late = (await latchkey(['audit', 'export', '--since', at, '--format', 'jsonl'])).out
    expect(late.trimEnd().split('\n')).toEqual([all[1]])
    expect((await latchkey(['audit', 'export', '--since', '2999-01-01'])).out).toBe('')

    const rows = Array.from({ length: 20_000 }, (_, index) => {
      const id = `01a20561-b5ed-7000-8000-${String(index).padStart(12, '0')}`
      return `('${id}', 1, 'user.renamed', '{}', 'x')`
    })
    runSql(`INSERT INTO audit_events (id, at, type, detail, personal_digest) VALUES ${rows.join()}`)
    const child = spawn(process.execPath, [MAIN, 'audit', 'export'], {
      cwd: directory,
      env: CHILD_ENVIRONMENT,
    })
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect([code, err]).toEqual([0, ''])
  })

  test('tail --follow prints the events of a running server until it is interrupted', async () => {
    const server = await startServerProcess({}, directory)
    const args = [MAIN, 'audit', 'tail', '-n', '1', '--follow', '--json']
    const child = spawn(process.execPath, args, { cwd: directory, env: CHILD_ENVIRONMENT })
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const next = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value)).type
    expect(await next()).toBe('user.created')
    const client = server.client()
    await client.post('/auth/login', { email: 'ada@example.com', password: 'wrong' })
    expect(await next()).toBe('login.refused')
    await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
    expect(await next()).toBe('login.succeeded')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
    await server.end('SIGTERM')
  })

  test('sessions are revoked by filter after the count is shown and confirmed', async () => {
    const server = await startServerProcess({}, directory)
    const client = server.client()
    const login = (): Promise<unknown> => client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
    await login()
    const isIn = async (): Promise<boolean> => (await client.get('/auth/session')).status === 200
    const filter = ['session', 'revoke', '--since', '2026-01-31', '--network', '127.0.0.0/8', '--method', 'password']

    const unasked = await latchkey(filter)
    expect(unasked).toEqual({ code: 2, out: '', err: 'This revokes 1 session(s). Add --yes to confirm.\n' })
    expect((await latchkey([...filter, '--user', 'ada@example.com'])).code).toBe(2)
    const none = await latchkey(['session', 'revoke', '--network', '203.0.113.0/24'])
    expect(none).toEqual({ code: 0, out: 'Revoked 0 session(s)\n', err: '' })
    expect(await typeOnTerminal([...filter], 'n')).toContain('Revoked 0 session(s)')
    expect(await isIn()).toBe(true)
    const asked = await typeOnTerminal([...filter], 'y')
    expect(asked).toContain('This revokes 1 session(s). [y/N]')
    expect(asked).toContain('Revoked 1 session(s)')
    expect(await isIn()).toBe(false)
    await login()
    expect(JSON.parse((await latchkey([...filter, '--yes', '--json'])).out)).toEqual({ revoked: 1 })
    expect(await isIn()).toBe(false)
    const { events } = JSON.parse((await latchkey(['audit', 'tail', '-n', '1', '--json'])).out)
    expect(events).toMatchObject([{ type: 'session.revoked', actor: ACTOR }])
    await server.end('SIGTERM')
  })

  /** Runs a command in its own terminal (`script` of util-linux) and answers its question. */
  async function typeOnTerminal(args: readonly string[], answer: string): Promise<string> {
    const command = [process.execPath, MAIN, ...args].join(' ')
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: directory, env: CHILD_ENVIRONMENT })
    let shown = ''
    child.stdout.on('data', (chunk: Buffer) => {
      if (!shown.includes('[y/N]') && `${shown}${chunk}`.includes('[y/N]')) child.stdin.write(`${answer}\n`)
      shown += chunk
    })
    await once(child, 'exit')
    return shown
  }
})
