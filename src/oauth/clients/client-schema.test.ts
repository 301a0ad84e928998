import { expect, test } from 'vitest'
import { leastCpuMs } from '../../../test/support/least-cpu.ts'
import { clientNameSchema } from './client-schema.ts'

test.each([
  '\u3164',
  'x\u3164y',
  '\u2800',
  'Bank\u115f',
  '\ufe0f',
  '\u0301',
  'a\u202eb',
  'a\u2028b',
  '\u{e0041}x',
  ' ',
])('CWE-1007: a name of an app with hidden characters, or without visible ones, is refused: %j', (name) => {
  expect(clientNameSchema.safeParse(name).success).toBe(false)
})

test.each(['Acme Notes', '❤️ Notes', 'José', '日本語アプリ', 'C#'])('the name %s is accepted', (name) => {
  expect(clientNameSchema.safeParse(name).success).toBe(true)
})

test('CWE-1333: a name of 16,000 combining marks is refused before it is normalized (ASVS 1.3.12)', async () => {
  const name = '\u0327\u0345\u0323\u0301'.repeat(4_000)
  expect(clientNameSchema.safeParse(name).success).toBe(false)
  expect(await leastCpuMs(() => clientNameSchema.safeParse(name))).toBeLessThan(20)
})
