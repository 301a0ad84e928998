import { expect, test } from 'vitest'
import { streamBody } from './stream-body.ts'

/** Returns parts that count how many were asked for. */
function createParts(count: number): { parts: AsyncGenerator<string>; asked: number; isEnded: boolean } {
  const state = { asked: 0, isEnded: false, parts: generate() }
  async function* generate(): AsyncGenerator<string> {
    try {
      for (let nth = 0; nth < count; nth++) {
        state.asked++
        yield `${nth};`
      }
    } finally {
      state.isEnded = true
    }
  }
  return state
}

test('the body has all parts', async () => {
  const { parts } = createParts(3)
  expect(await new Response(streamBody(parts)).text()).toBe('0;1;2;')
})

test('a part is asked for when the client has read the one before it, and not before', async () => {
  const state = createParts(1_000)
  const reader = streamBody(state.parts).getReader()
  expect(state.asked).toBe(0)
  await reader.read()
  await reader.read()
  expect(state.asked).toBe(2)
  await reader.cancel()
  expect(state.isEnded).toBe(true)
})

test('a client that stops reading loses the body, and the parts end (CWE-400)', async () => {
  const state = createParts(1_000)
  const reader = streamBody(state.parts, 20).getReader()
  await reader.read()
  await expect(reader.closed).rejects.toThrow('stopped reading')
  expect(state.isEnded).toBe(true)
})

test('an error of a part breaks the body off', async () => {
  async function* generate(): AsyncGenerator<string> {
    yield 'a'
    throw new Error('the database is gone')
  }
  await expect(new Response(streamBody(generate())).text()).rejects.toThrow('the database is gone')
})
