import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { SecurityEvent } from '../catalogue/events.ts'
import type { EventOrigin } from '../kernel/event.ts'
import { createMetrics } from './metrics.ts'

test('counters have the type counter and the totals of the instance; overloaded counts logins only; recoveries by outcome', async () => {
  const metrics = await createMetrics()
  const origin: EventOrigin = { at: 0, actor: null, requestId: null, client: null }
  for (const call of ['logIn', 'register', 'password.reset', null]) {
    const refused: SecurityEvent = { type: 'request.refused', userId: null, call, code: 'overloaded', reason: 'full' }
    metrics.onEvent({ ...refused, ...origin })
  }
  for (const type of ['recovery.requested', 'recovery.requested', 'recovery.cancelled', 'recovery.completed'] as const)
    metrics.onEvent({ type, userId: 'a user', ...origin })
  const stats = {
    verifications: { warm: 5, cold: 2, refused: 1 },
    cachedSessions: 3,
    hashesWaiting: 0,
    invalidationLagMs: 0,
    mails: [{ kind: 'password_reset', outcome: 'sent', count: 4 }] as const,
    logouts: [{ clientId: 'notes', outcome: 'failed', count: 2 }] as const,
  }
  metrics.watch(() => stats)
  const server = metrics.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const read = async (): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)
    return response.text()
  }
  await read()
  const text = await read() // a second reading adds nothing
  for (const [, name, type] of text.matchAll(/^# TYPE (latchkey_\S+_total) (\S+)$/gm))
    expect([name, type]).toEqual([name, 'counter'])
  expect(text).toContain('latchkey_verifications_total{result="warm"} 5\n')
  expect(text).toContain('latchkey_mails_total{kind="password_reset",outcome="sent"} 4\n')
  expect(text).toContain('latchkey_logouts_total{client="notes",outcome="failed"} 2\n')
  expect(text).toContain('latchkey_logins_total{outcome="overloaded"} 1\n')
  for (const [outcome, count] of Object.entries({ requested: 2, cancelled: 1, completed: 1 }))
    expect(text).toContain(`latchkey_recoveries_total{outcome="${outcome}"} ${count}\n`)
})

test('the metrics are at targets in absolute-form and with a slash at the end too, and a HEAD sees that they are there', async () => {
  const stats = {
    verifications: { warm: 0, cold: 0, refused: 0 },
    cachedSessions: 0,
    hashesWaiting: 0,
    invalidationLagMs: 0,
    mails: [],
    logouts: [],
  }
  const metrics = await createMetrics()
  metrics.watch(() => stats)
  const server = metrics.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const statusOf = (method: string, path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', method, path }, (answer) =>
        resolve(answer.resume().statusCode),
      ).on('error', reject)
      asked.end()
    })
  expect(await statusOf('GET', 'http://metrics.internal:9464/metrics')).toBe(200)
  expect(await statusOf('GET', '/metrics/?name=x')).toBe(200)
  expect(await statusOf('HEAD', '/metrics')).toBe(200)
  expect(await statusOf('GET', '/metrics/x')).toBe(404)
  expect(await statusOf('POST', '/metrics')).toBe(404)
})
