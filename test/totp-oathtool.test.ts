/* The codes of the authenticator app agree with `oathtool`, an independent program (RFC 6238). */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { newTotpSecret, stepOfCode } from '../src/factors/totp/totp-code.ts'
import { totpCode } from './support/totp.ts'

const STEPS = 10_000
const STEP_MS = 30_000

test('oathtool and our codes agree on 10,000 steps, and each code belongs to its step and the next one only', async () => {
  const secret = await newTotpSecret()
  const start = Date.UTC(2026, 10, 27, 10)
  const args = ['--totp', '--base32', `--window=${STEPS - 1}`, `--now=${new Date(start).toISOString()}`, secret]
  const theirs = execFileSync('oathtool', args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } })
    .trim()
    .split('\n')
  expect(theirs).toHaveLength(STEPS)
  expect(theirs.map((_, step) => totpCode(secret, start + step * STEP_MS))).toEqual(theirs)
  const first = start / STEP_MS
  for (const [index, code] of theirs.entries()) {
    const now = start + index * STEP_MS
    const found = await stepOfCode(secret, code, now + STEP_MS - 1)
    if (found !== first + index) expect.fail(`oathtool has ${code} at step ${index}, we have ${found}`)
  }
  const last = theirs.at(-1) ?? ''
  const end = start + (STEPS - 1) * STEP_MS
  expect(await stepOfCode(secret, last, end + STEP_MS)).toBe(first + STEPS - 1)
  expect(await stepOfCode(secret, last, end + 2 * STEP_MS)).toBeNull()
  expect(await stepOfCode(secret, last, end - STEP_MS)).toBeNull()
})
