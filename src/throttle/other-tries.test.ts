/* The budgets that the routes of other rooms use, over a real store. */
import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { sqlite } from '../storage/sql/sqlite.ts'
import { takeForgotBudget, takeMailBudget } from './other-tries.ts'
import { throttleSettings } from './settings.ts'
import { type Caller, createThrottle, type Throttle } from './throttle.ts'

const HOUR_MS = 3_600_000
let now = Date.now()
const reports: unknown[] = []

async function openThrottle(): Promise<Throttle> {
  const stores = await sqlite(':memory:').open()
  onTestFinished(() => stores.close())
  const clock = (): number => now
  return createThrottle({
    store: stores.counters,
    settings: throttleSettings.complete(),
    secrets: [randomBytes(32)],
    clock,
    report: (error) => reports.push(error),
  })
}

function callerFrom(ip: string | null): Caller {
  const client = { ip, userAgent: null }
  const stamp: Caller['stamp'] = (event) => ({ ...event, at: now, actor: null, requestId: null, client })
  return { operation: 'password_forgot', client, device: null, stamp, reportQuota: () => undefined }
}

test('a network may request ten emails in an hour', async () => {
  const throttle = await openThrottle()
  for (let count = 0; count < 10; count++) await takeForgotBudget(throttle, callerFrom('192.0.2.1'))
  await expect(takeForgotBudget(throttle, callerFrom('192.0.2.1'))).rejects.toMatchObject({
    code: 'too_many_requests',
    retryAfterSeconds: 3_600,
  })
  await takeForgotBudget(throttle, callerFrom('192.0.2.2'))
  now += HOUR_MS
  await takeForgotBudget(throttle, callerFrom('192.0.2.1'))
})

test('CWE-799: clients without an IP address share the budget of a service, and the operator is told once', async () => {
  const throttle = await openThrottle()
  reports.length = 0
  for (let count = 0; count < 100; count++) await takeForgotBudget(throttle, callerFrom(null))
  expect(reports).toEqual([expect.objectContaining({ message: expect.stringContaining('trustProxy') })])
})

test('CWE-799: an IPv6 customer has the budgets of the /64, the /56 and the /48, also with a new /64 for each request', async () => {
  const throttle = await openThrottle()
  const allowed = async (ipOf: (count: number) => string): Promise<number> => {
    let count = 0
    while (count < 1_000) {
      const error = await takeForgotBudget(throttle, callerFrom(ipOf(count))).catch((reason: unknown) => reason)
      if (error !== undefined) return count
      count++
    }
    return count
  }
  expect(await allowed((count) => `2001:db8:1:${count.toString(16)}::1`)).toBe(15) // one /56
  expect(await allowed((count) => `2001:db8:2:${(count << 8).toString(16)}::1`)).toBe(20) // one /48
  expect(await allowed(() => '2001:db8:3::1')).toBe(10)
  expect(await allowed((count) => `2001:db8:3:ff::${count}`)).toBe(5) // the rest of the /56
  expect(await allowed((count) => `2001:db8:3:ff00::${count}`)).toBe(5) // the rest of the /48
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
