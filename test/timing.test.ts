/* Promise 7: known and unknown users take the same time. Welch's t over interleaved pairs, as in ASVS 6.3.8. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Instance, PASSWORD, ROOMY, startInstance } from './support/rings.ts'

const PAIRS = 300
const WARM_UP = 20
const LIMIT = 4.5

let instance: Instance
beforeAll(async () => {
  instance = await startInstance('handler', { throttle: ROOMY })
  for (let index = 0; index < 20; index++) {
    await instance.auth.users.create({ email: `known${index}@example.com`, password: PASSWORD })
  }
})
afterAll(() => instance.close())

async function timeLogin(email: string): Promise<number> {
  const client = instance.client()
  const startedAt = performance.now()
  const { status } = await client.post('/auth/login', { email, password: 'a wrong password' })
  const duration = performance.now() - startedAt
  expect(status).toBe(401)
  return duration
}

function welchT(left: readonly number[], right: readonly number[]): number {
  const describe = (values: readonly number[]): { mean: number; error: number } => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
    return { mean, error: variance / values.length }
  }
  const [a, b] = [describe(left), describe(right)]
  return (a.mean - b.mean) / Math.sqrt(a.error + b.error)
}

test('the measure itself tells half a millisecond apart', () => {
  const sample = (mean: number): number[] => Array.from({ length: PAIRS }, () => mean + Math.random() * 2)
  expect(Math.abs(welchT(sample(20), sample(20.5)))).toBeGreaterThan(LIMIT)
})

test(`login: ${PAIRS} interleaved pairs of known and unknown email keep |t| under ${LIMIT}`, async () => {
  const known: number[] = []
  const unknown: number[] = []
  for (let pair = -WARM_UP; pair < PAIRS; pair++) {
    const index = Math.abs(pair) % 20
    const knownFirst = Math.random() < 0.5
    const first = await timeLogin(knownFirst ? `known${index}@example.com` : `other${index}@example.com`)
    const second = await timeLogin(knownFirst ? `other${index}@example.com` : `known${index}@example.com`)
    if (pair < 0) continue
    known.push(knownFirst ? first : second)
    unknown.push(knownFirst ? second : first)
  }
  const t = welchT(known, unknown)
  console.log(`timing of login, known against unknown: t = ${t.toFixed(2)} over ${PAIRS} pairs`)
  expect(Math.abs(t)).toBeLessThan(LIMIT)
})
