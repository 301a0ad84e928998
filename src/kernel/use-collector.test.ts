import { expect, test } from 'vitest'
import { createUseCollector } from './use-collector.ts'

interface Use {
  readonly id: string
  readonly at: number
}

const useOf = (number: number, at = 1): Use => ({ id: `session-${number}`, at })

test('many last uses are written in batches, each use once', async () => {
  const parts: (readonly Use[])[] = []
  const collector = createUseCollector<Use>(
    async (uses) => void parts.push(uses),
    () => undefined,
  )
  for (let session = 0; session < 450; session++) collector.add(useOf(session))
  await collector.flush()
  expect(parts.map((part) => part.length)).toEqual([200, 200, 50])
  expect(new Set(parts.flat().map(({ id }) => id)).size).toBe(450)
  await collector.flush()
  expect(parts).toHaveLength(3)
  collector.stop()
})

test('a last use that failed to be written, or was added during a write, is written next time', async () => {
  const written: Use[] = []
  let isDown = true
  const collector = createUseCollector<Use>(
    async (uses) => {
      if (isDown) throw new Error('down')
      written.push(...uses)
      if (written.length === 1) collector.add(useOf(0, 2))
    },
    () => undefined,
  )
  collector.add(useOf(0))
  await expect(collector.flush()).rejects.toThrow('down')
  isDown = false
  await collector.flush()
  await collector.flush()
  expect(written).toEqual([useOf(0), useOf(0, 2)])
  collector.stop()
})
