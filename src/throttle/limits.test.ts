/* The guesses that the limits allow an attacker. docs/abuse-protection.md has the same numbers. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/clock.ts'
import { createLimits, type Limit, waitAfterMs } from './limits.ts'
import { throttleSettings } from './settings.ts'

const defaults = throttleSettings.complete()
const limits = createLimits(defaults)
const page = readFileSync(new URL('../../docs/abuse-protection.md', import.meta.url), 'utf8')

/** Returns the guesses within a time by an attacker who uses every chance, until the password is disabled. */
function guessesWithin(limit: Limit, ms: number): number {
  let now = 0
  let count = 0
  while (now <= ms && count < limits.failuresUntilDisabled) {
    count++
    now += waitAfterMs(limit, count)
  }
  return count
}

function msUntil(limit: Limit, count: number): number {
  let now = 0
  for (let number = 1; number < count; number++) now += waitAfterMs(limit, number)
  return now
}

describe('the waits', () => {
  test('none for four failures, then 1 second, which doubles up to 15 minutes and stays there', () => {
    const seconds = Array.from({ length: 18 }, (_, index) => waitAfterMs(limits.account, index + 1) / 1_000)
    expect(seconds).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
    expect(waitAfterMs(limits.account, 1_000_000)).toBe(15 * MINUTE_MS)
  })

  test('with many processes they begin later, and are as long as without them at that number of failures', () => {
    const single = createLimits(defaults).account
    for (const [processes, first] of [
      [1, 5],
      [4, 5],
      [5, 6],
      [8, 9],
      [16, 17],
      [256, 17],
    ] as const) {
      const many = createLimits(defaults, processes).account
      for (let count = 1; count < 30; count++)
        expect(waitAfterMs(many, count)).toBe(count < first ? 0 : waitAfterMs(single, count))
    }
    expect(createLimits({ ...defaults, freeFailures: 3, failuresUntilDisabled: 10 }, 64).account.freeTries).toBe(9)
    expect(createLimits({ ...defaults, freeFailures: 30 }, 64).account.freeTries).toBe(30)
  })

  test('one wait if the first is also the longest; none in a window', () => {
    const flat = createLimits({ ...defaults, firstWaitMs: 5_000, maxWaitMs: 5_000 })
    expect([4, 5, 6, 99].map((count) => waitAfterMs(flat.account, count))).toEqual([0, 5_000, 5_000, 5_000])
    expect(waitAfterMs(limits.login, 1_000)).toBe(0)
  })

  test('contradicting settings are found', () => {
    const context = {
      baseUrl: new URL('https://example.com'),
      isDevelopment: false,
      hasMailer: true,
      isRegistrationOpen: true,
    }
    const problem = (throttle: object) => throttleSettings.findContradiction({ throttle }, context)
    expect(problem({})).toBeNull()
    expect(problem({ firstWaitMs: 2_000, maxWaitMs: 1_000 })).toContain('throttle.maxWaitMs')
    expect(problem({ freeFailures: 10, failuresUntilDisabled: 10 })).toContain('throttle.failuresUntilDisabled')
  })
})

describe('docs/abuse-protection.md has the numbers that follow from the limits (ASVS 2.1.3, 6.1.1)', () => {
  const hours = (ms: number): string => (ms / HOUR_MS).toFixed(1)
  test.each([
    ['one account, first hour', guessesWithin(limits.account, HOUR_MS)],
    ['one account, first day', guessesWithin(limits.account, DAY_MS)],
    ['one account, until it is reset', guessesWithin(limits.account, 365 * DAY_MS)],
    ['one network, an hour', limits.login.maxTries * (HOUR_MS / limits.login.keepMs)],
    ['one network, a day', limits.login.maxTries * (DAY_MS / limits.login.keepMs)],
    ['registrations from one network, a day', limits.register.maxTries * 24],
    ['requests for emails from one network, a day', limits.forgot.maxTries * 24],
    ['emails of one kind to one address, a day', limits.mail.maxTries * 24],
  ])('%s: %d', (what, count) => {
    expect(page).toContain(`| ${what} | ${count.toLocaleString('en')} |`)
  })

  test('the time that 100 failures take', () => {
    expect(page).toContain(`${hours(msUntil(limits.account, 100))} hours`)
  })
})
