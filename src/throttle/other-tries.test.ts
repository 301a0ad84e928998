/* The budgets that the routes of other rooms use, over a real store. */
import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { sqlite } from '../storage/sql/sqlite.ts'
import { takeForgotBudget, takeMailBudget } from './other-tries.ts'
import { throttleSettings } from './settings.ts'
import { type Caller, createThrottle, type Throttle } from './throttle.ts'

const HOUR_MS = 3_600_000
let now = Date.now()

async function openThrottle(): Promise<Throttle> {
  const stores = await sqlite(':memory:').open()
  onTestFinished(() => stores.close())
  const clock = (): number => now
  return createThrottle({
    store: stores.counters,
    settings: throttleSettings.complete(),
    secrets: [randomBytes(32)],
    clock,
  })
}

function callerFrom(ip: string | null): Caller {
  const client = { ip, userAgent: null }
  const stamp: Caller['stamp'] = (event) => ({ ...event, at: now, actor: null, requestId: null, client })
  return { operation: 'password_forgot', client, device: null, stamp, reportQuota: () => undefined }
}

test('a network may request ten emails in an hour; clients with an unknown IP address share one budget', async () => {
  const throttle = await openThrottle()
  for (const ip of ['192.0.2.1', null]) {
    for (let count = 0; count < 10; count++) await takeForgotBudget(throttle, callerFrom(ip))
    await expect(takeForgotBudget(throttle, callerFrom(ip))).rejects.toMatchObject({
      code: 'too_many_requests',
      retryAfterSeconds: 3_600,
    })
  }
  await takeForgotBudget(throttle, callerFrom('192.0.2.2'))
  now += HOUR_MS
  await takeForgotBudget(throttle, callerFrom(null))
})

test('an email address gets five emails in an hour; further ones throw no error that reveals it', async () => {
  const throttle = await openThrottle()
  const mails = []
  for (let count = 0; count < 7; count++) mails.push(await takeMailBudget(throttle, 'reset', 'ada@example.com'))
  expect(mails).toEqual([true, true, true, true, true, false, false])
  expect(await takeMailBudget(throttle, 'reset', 'bob@example.com')).toBe(true)
  expect(await takeMailBudget(throttle, 'verify', 'ada@example.com')).toBe(true)
  now += HOUR_MS
  expect(await takeMailBudget(throttle, 'reset', 'ada@example.com')).toBe(true)
})
