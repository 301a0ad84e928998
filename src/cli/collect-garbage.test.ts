import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { collectGarbage } from './collect-garbage.ts'

test('what nothing refers to is gone, and the function of V8 is not left to others', async () => {
  const unused = new WeakRef({ text: 'x'.repeat(1_000) })
  await nextTurn() // a WeakRef keeps its target until the end of the turn
  collectGarbage()
  expect(unused.deref()).toBeUndefined()
  expect('gc' in globalThis).toBe(false)
})
