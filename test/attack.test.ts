/* Promise 9, the long test: a day of guessing at one account from thousands of addresses, and then a login by its owner. */
import { expect, test } from 'vitest'
import { type Instance, PASSWORD, REAL_COST, startInstance } from './support/rings.ts'
import { rounds } from './support/rounds.ts'

const GUESSES = rounds(10_000, 1_000)
const DAY_MS = 24 * 60 * 60_000
const ADA = 'ada@example.com'

/** Guesses at one account from a new address each time, spread over a day; counts the answers of each hour. */
async function guessForADay(instance: Instance): Promise<Map<number, Map<number, number>>> {
  const answers = new Map<number, Map<number, number>>()
  for (let count = 0; count < GUESSES; count++) {
    const headers = { 'x-forwarded-for': `10.${count >> 16}.${(count >> 8) & 255}.${count & 255}` }
    const body = { email: ADA, password: `a wrong password ${count}` }
    const { status } = await instance.client().post('/auth/login', body, headers)
    const hour = Math.floor((count * 24) / GUESSES)
    const ofHour = answers.get(hour) ?? new Map<number, number>()
    answers.set(hour, ofHour.set(status, (ofHour.get(status) ?? 0) + 1))
    instance.advance(DAY_MS / GUESSES)
  }
  return answers
}

test(`${GUESSES} wrong passwords from as many addresses, and then the right one from a known device`, {
  timeout: 120_000,
}, async () => {
  const instance = await startInstance('handler', { trustProxy: 1, throttle: {} }, REAL_COST)
  const laptop = instance.client()
  await laptop.post('/auth/register', { email: ADA, password: PASSWORD })
  await laptop.post('/auth/logout')

  const startedAt = performance.now()
  const answers = await guessForADay(instance)
  const took = ((performance.now() - startedAt) / 1_000).toFixed(1)
  const known = await laptop.post('/auth/login', { email: ADA, password: PASSWORD })
  const elsewhere = { 'x-forwarded-for': '203.0.113.9' }
  const early = await instance.client().post('/auth/login', { email: ADA, password: PASSWORD }, elsewhere)
  instance.advance(15 * 60_000)
  const stranger = await instance.client().post('/auth/login', { email: ADA, password: PASSWORD }, elsewhere)

  const total = (status: number): number =>
    [...answers.values()].reduce((sum, ofHour) => sum + (ofHour.get(status) ?? 0), 0)
  const rows = [0, 1, 2, 12, 21, 22, 23].map((hour) => {
    const ofHour = answers.get(hour)
    return `  hour ${String(hour + 1).padStart(2)}            ${ofHour?.get(401) ?? 0} checked (401), ${ofHour?.get(429) ?? 0} not (429)`
  })
  console.log(
    [
      `${GUESSES} wrong passwords in a day, answered in ${took} s`,
      ...rows,
      `  in all             ${total(401)} checked (401), ${total(429)} not (429); none after the 100th could have been right`,
      `  known device       right password: ${known.status}`,
      `  stranger, at once  right password: ${early.status}`,
      `  stranger, later    right password: ${stranger.status} (the password is to be reset)`,
    ].join('\n'),
  )
  expect(total(401) + total(429)).toBe(GUESSES)
  expect(answers.get(0)?.get(401)).toBeLessThanOrEqual(17)
  expect(total(401)).toBeLessThanOrEqual(110)
  expect(instance.events.filter(({ type }) => type === 'login.refused')).toHaveLength(total(401) + 1)
  expect(instance.events.filter(({ type }) => type === 'password.disabled')).toHaveLength(1)
  expect([known.status, early.status, stranger.status]).toEqual([200, 429, 401])
  expect(instance.errors).toEqual([])
  await instance.close()
})
