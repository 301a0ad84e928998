import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../../src/server/metrics.ts'
import { PASSWORD, REAL_COST, RINGS, startInstance } from '../support/rings.ts'

test.each(RINGS)(
  'a flood of logins gets 503 and Retry-After at once, and session checks still work (%s)',
  async (ring) => {
    const instance = await startInstance(ring, { passwordHashing: { maxWaiting: 2 } }, REAL_COST)
    const client = instance.client()
    await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    const flood = Array.from({ length: 40 }, () =>
      instance.client().post('/auth/login', { email: 'ada@example.com', password: PASSWORD }),
    )
    expect((await client.get('/auth/session')).status).toBe(200)
    const replies = await Promise.all(flood)
    const refused = replies.filter(({ status }) => status === 503)
    expect(refused.length).toBeGreaterThan(0)
    expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
    for (const { body, headers } of refused)
      expect([body.code, headers.get('retry-after')]).toEqual(['overloaded', '2'])
    expect(instance.errors).toEqual([])
    expect(instance.events.filter(({ type }) => type === 'request.refused')).toHaveLength(refused.length)
    expect((await instance.client().post('/auth/login', { email: 'ada@example.com', password: PASSWORD })).status).toBe(
      200,
    )
    await instance.close()
  },
)

test('the metrics count each login that was overloaded, and no other refusal', async () => {
  const metrics = await createMetrics()
  const options = { passwordHashing: { maxWaiting: 2 }, onEvent: metrics.onEvent }
  const instance = await startInstance('handler', options, REAL_COST)
  metrics.watch(instance.auth.stats)
  const server = metrics.createServer().listen(0, '127.0.0.1')
  onTestFinished(async () => {
    server.close()
    await instance.close()
  })
  await once(server, 'listening')
  const body = { email: 'ada@example.com', password: PASSWORD }
  const replies = await Promise.all(Array.from({ length: 40 }, () => instance.client().post('/auth/login', body)))
  await instance.client().get('/auth/session') // refused, for another reason
  const overloaded = replies.filter(({ status }) => status === 503).length
  const { port } = server.address() as AddressInfo
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  expect(overloaded).toBeGreaterThan(0)
  expect(text).toContain(`latchkey_logins_total{outcome="overloaded"} ${overloaded}\n`)
  expect(text).toContain(`latchkey_logins_total{outcome="refused"} ${40 - overloaded}\n`)
})
