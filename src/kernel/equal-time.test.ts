import { expect, test } from 'vitest'
import { inEqualTime } from './equal-time.ts'

test('CWE-208: the end of short work does not show when it was done (ASVS 6.3.8)', async () => {
  let isDone = false
  const startedAt = performance.now()
  const result = await inEqualTime(async () => {
    setImmediate(() => {
      isDone = true
    })
    return 'found'
  })
  expect([result, isDone]).toEqual(['found', true])
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(9) // a timer of Node may be a part of a millisecond early
})

test('an error of the work is thrown at once', async () => {
  const order: string[] = []
  const thrown = inEqualTime(() => Promise.reject(new Error('the database is unreachable'))).catch(() =>
    order.push('error'),
  )
  setImmediate(() => order.push('next turn'))
  await thrown
  await new Promise<void>((resolve) => setImmediate(resolve))
  expect(order).toEqual(['error', 'next turn'])
})
