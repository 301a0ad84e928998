import { expect, test } from 'vitest'
import type { TokenHash } from '../crypto/token.ts'
import type { SessionId } from '../kernel/ids.ts'
import type { Touch } from './store.ts'
import { createTouchCollector } from './touch-collector.ts'

const touchOf = (session: number, lastSeenAt = 1): Touch => ({
  id: `session-${session}` as SessionId,
  tokenHash: `hash ${session}` as TokenHash,
  lastSeenAt,
  idleExpiresAt: lastSeenAt + 1,
})

test('many last uses are written in parts, each once', async () => {
  const parts: (readonly Touch[])[] = []
  const collector = createTouchCollector({ writeTouches: async (touches) => void parts.push(touches) }, () => undefined)
  for (let session = 0; session < 450; session++) collector.add(touchOf(session))
  await collector.flush()
  expect(parts.map((part) => part.length)).toEqual([200, 200, 50])
  expect(new Set(parts.flat().map(({ id }) => id)).size).toBe(450)
  await collector.flush()
  expect(parts).toHaveLength(3)
  collector.stop()
})

test('a last use that could not be written, or came during the writing, is written next time', async () => {
  const written: Touch[] = []
  let isDown = true
  const collector = createTouchCollector(
    {
      async writeTouches(touches) {
        if (isDown) throw new Error('down')
        written.push(...touches)
        if (written.length === 1) collector.add(touchOf(0, 2))
      },
    },
    () => undefined,
  )
  collector.add(touchOf(0))
  await expect(collector.flush()).rejects.toThrow('down')
  isDown = false
  await collector.flush()
  await collector.flush()
  expect(written).toEqual([touchOf(0), touchOf(0, 2)])
  collector.stop()
})
