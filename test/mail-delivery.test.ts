/* The outbox: a dead mail server or a killed process loses no email, and two nodes never send the same one. */
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLatchkey, type LatchkeyOptions, type Mailer } from '../src/index.ts'
import { createSmtpMailer } from '../src/mail/smtp.ts'
import { readConfiguration } from '../src/server/configuration.ts'
import { startServer } from '../src/server/serve.ts'
import { sqlite } from '../src/sqlite.ts'
import { type Instance, ORIGIN, PASSWORD, type Ring, startInstance } from './support/rings.ts'
import { startServerProcess } from './support/server-process.ts'
import { startSmtpServer, type TestSmtpServer } from './support/smtp-server.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const RINGS: readonly Ring[] = ['handler', 'server, PostgreSQL']
const FROM = 'Example <no-reply@example.com>'

let smtp: TestSmtpServer
beforeEach(async () => {
  smtp = await startSmtpServer()
})
afterEach(async () => {
  vi.useRealTimers()
  await smtp.stop()
})

async function mailerTo({ url }: TestSmtpServer): Promise<Mailer> {
  return (await createSmtpMailer({ url, from: FROM })).send
}

describe.each(RINGS)('the outbox (%s)', (ring) => {
  /** An instance with one user, which reports failures. */
  async function start(options: Partial<LatchkeyOptions> = {}) {
    const told = new EventEmitter()
    const instance = await startInstance(ring, {
      mailer: await mailerTo(smtp),
      onError: (error) => told.emit('failure', error),
      onEvent: (event) => told.emit(event.type, event),
      ...options,
    })
    const { id } = await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
    return { instance, told, id }
  }

  const orderMail = async (instance: Instance, email = 'ada@example.com'): Promise<void> => {
    const { status } = await instance.client().post('/auth/password/forgot', { email })
    expect(status).toBe(202)
  }

  /** Waits until this number of emails has arrived. */
  const arrival = (count: number): Promise<unknown> => smtp.waitForMail(() => smtp.mails.length >= count)

  test('a dead mail server delays emails and loses none (ASVS 16.5.2)', async () => {
    const { instance, told } = await start()
    await smtp.stop()
    for (let count = 0; count < 3; count++) {
      const failure = once(told, 'failure')
      await orderMail(instance)
      await failure
    }
    await smtp.start()
    instance.advance(10 * SECOND)
    await orderMail(instance)
    await arrival(4)
    // An email arrives before it is deleted, and the clock must not pass its lease in between.
    await expect.poll(() => instance.runSql('SELECT id FROM mails')).toEqual([])
    instance.advance(10 * MINUTE) // an email that was not deleted would be sent again
    await orderMail(instance)
    await arrival(5)
    await instance.close()
    expect(new Set(smtp.mails.map(({ parsed }) => parsed.messageId)).size).toBe(5)
    expect(smtp.mails).toHaveLength(5)
    for (const { to, from } of smtp.mails) expect([to, from]).toEqual([['ada@example.com'], 'no-reply@example.com'])
  })

  test('an email that the server postpones is retried after ten seconds, then after twenty', async () => {
    const { instance, told } = await start()
    const bob = 'bob@example.com'
    await instance.auth.users.create({ email: bob, password: PASSWORD })
    smtp.behave('fail')
    const first = once(told, 'failure')
    await orderMail(instance)
    expect((await first)[0]).toMatchObject({ responseCode: 451 })
    instance.advance(10 * SECOND)
    const twice = new Promise<void>((resolve) => {
      let count = 0
      told.on('failure', () => ++count === 2 && resolve())
    })
    await orderMail(instance, bob) // wakes the worker: both emails are attempted, both fail
    await twice
    smtp.behave('accept')
    instance.advance(19_999) // bob's email is due after ten seconds, ada's after twenty
    await orderMail(instance, bob)
    await arrival(2)
    expect(smtp.mails.map(({ to }) => to)).toEqual([[bob], [bob]])
    instance.advance(1)
    await orderMail(instance, bob)
    await smtp.waitForMail(({ to }) => to[0] === 'ada@example.com')
    await instance.close()
  })

  test('an email to a refused recipient is given up with an event, and does not delay others', async () => {
    const { instance, told, id } = await start()
    smtp.behave('reject')
    const failed = once(told, 'mail.failed')
    await orderMail(instance)
    expect((await failed)[0]).toMatchObject({ type: 'mail.failed', userId: id, reason: 'the recipient was refused' })
    smtp.behave('accept')
    instance.advance(60 * MINUTE)
    await orderMail(instance)
    await arrival(1)
    await instance.close()
    expect(smtp.mails).toHaveLength(1)
    expect(instance.auth.stats().mails).toEqual([
      { kind: 'password_reset', outcome: 'given_up', count: 1 },
      { kind: 'password_reset', outcome: 'sent', count: 1 },
    ])
  })

  test('an email that could not be sent for three days is given up', async () => {
    const { instance, told } = await start()
    smtp.behave('fail')
    const failure = once(told, 'failure')
    await orderMail(instance)
    await failure
    instance.advance(72 * 60 * MINUTE)
    const failed = once(told, 'mail.failed')
    await orderMail(instance)
    expect((await failed)[0].reason).toBe('it could not be sent for three days')
    await instance.close()
    expect(instance.auth.stats().mails).toContainEqual({ kind: 'password_reset', outcome: 'given_up', count: 1 })
    expect(instance.auth.stats().mails).toContainEqual({
      kind: 'password_reset',
      outcome: 'failed',
      count: expect.any(Number),
    })
  })

  test('two nodes send each of 100 emails once', { timeout: 90_000 }, async () => {
    const { instance } = await start({ deliverMails: false })
    for (let count = 0; count < 100; count++) await orderMail(instance)
    const send = await mailerTo(smtp)
    const sent = [0, 0]
    const nodes = await Promise.all(
      sent.map((_, node) =>
        instance.sibling({
          deliverMails: true,
          async mailer(message) {
            sent[node] = (sent[node] ?? 0) + 1
            await send(message)
          },
        }),
      ),
    )
    await arrival(100)
    for (const node of nodes) await node.close()
    expect(smtp.mails).toHaveLength(100)
    expect(new Set(smtp.mails.map(({ parsed }) => parsed.messageId)).size).toBe(100)
    for (const count of sent) expect(count).toBeGreaterThan(0)
    await instance.close()
  })

  test('a node that does not know the newest secret leaves an email to other nodes', async () => {
    const { instance } = await start({ deliverMails: false })
    await orderMail(instance)
    const told = new EventEmitter()
    const failure = once(told, 'failure')
    const behind = await instance.sibling({
      deliverMails: true,
      secrets: [Buffer.alloc(32, 1).toString('base64url')],
      onError: (error) => told.emit('failure', error),
    })
    expect((await failure)[0].message).toBe('None of the secrets opens an email in the outbox')
    await behind.close()
    instance.advance(10 * SECOND)
    const node = await instance.sibling({ deliverMails: true, mailer: await mailerTo(smtp) })
    await arrival(1)
    await node.close()
    await instance.close()
  })

  test('an email to a deleted account is not sent', async () => {
    const { instance, id } = await start({ deliverMails: false })
    await orderMail(instance)
    await instance.auth.users.delete(id)
    await instance.auth.users.create({ email: 'bob@example.com', password: PASSWORD })
    instance.advance(1)
    await orderMail(instance, 'bob@example.com')
    const node = await instance.sibling({ deliverMails: true, mailer: await mailerTo(smtp) })
    await arrival(1)
    await node.close()
    expect(smtp.mails.map(({ to }) => to)).toEqual([['bob@example.com']])
    await instance.close()
  })

  test('postponed emails are sent without waiting for a new one', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { instance, told } = await start()
    smtp.behave('fail')
    const failure = once(told, 'failure')
    await orderMail(instance)
    await failure
    smtp.behave('accept')
    instance.advance(10 * SECOND)
    // The failure is told before the new time of the email is stored, so the first look may come too early.
    const look = () => {
      vi.advanceTimersByTime(5 * SECOND)
      return smtp.mails.length
    }
    await expect.poll(look).toBe(1)
    await instance.close()
  })
})

test('a server that stops waits at most five seconds for a slow mail server', async () => {
  smtp.behave('hang')
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-stopped-'))
  const settings = {
    PORT: '0',
    LATCHKEY_BASE_URL: ORIGIN,
    SMTP_URL: smtp.url,
    LATCHKEY_MAIL_FROM: FROM,
    DATABASE_URL: 'sqlite:test.db',
  }
  const server = await startServer(await readConfiguration(settings, directory))
  const connected = smtp.waitForConnection()
  const response = await fetch(`http://127.0.0.1:${server.port}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: PASSWORD }),
  })
  expect(response.status).toBe(201)
  await connected
  const disconnected = smtp.waitForDisconnection()
  await server.stop()
  const stoppedAt = performance.now()
  await disconnected
  expect(performance.now() - stoppedAt).toBeLessThan(5 * SECOND) // an email may take 20 seconds
  rmSync(directory, { recursive: true })
})

describe('a killed process', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-killed-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test.each(['hang', 'swallow'] as const)(
    'that waits for the mail server (%s) loses no email; an email that arrives twice has the same id',
    async (behaviour) => {
      smtp.behave(behaviour)
      const settings = { SMTP_URL: smtp.url, LATCHKEY_MAIL_FROM: FROM, DATABASE_URL: `sqlite:${behaviour}.db` }
      const server = await startServerProcess(settings, directory)
      const isWaiting = behaviour === 'hang' ? smtp.waitForConnection() : smtp.waitForMail()
      const { status } = await server.client().post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
      expect(status).toBe(201)
      await isWaiting
      await server.end('SIGKILL')
      smtp.behave('accept')
      const before = smtp.mails.length
      expect(before).toBe(behaviour === 'hang' ? 0 : 1)
      const next = await createLatchkey({
        baseUrl: ORIGIN,
        storage: sqlite(join(directory, `${behaviour}.db`)),
        mailer: await mailerTo(smtp),
        clock: () => Date.now() + 2 * MINUTE, // the lease of the dead process has expired
      })
      await smtp.waitForMail(() => smtp.mails.length > before)
      await next.close()
      expect(smtp.mails).toHaveLength(before + 1)
      expect(new Set(smtp.mails.map(({ parsed }) => parsed.messageId)).size).toBe(1)
      expect(smtp.mails[0]?.parsed.messageId).toMatch(/^<[0-9a-f-]{36}@localhost>$/)
    },
  )
})
