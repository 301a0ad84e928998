import { expect, test } from 'vitest'
import { createEmailSecrets } from './email-secret.ts'

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]

test('a code has eight digits, and belongs to one challenge and to the keys of the service', () => {
  const secrets = createEmailSecrets([NEW])
  const seen = new Set<string>()
  for (let count = 0; count < 2_000; count++) {
    const { challengeHash } = secrets.create()
    const code = secrets.codeOf(challengeHash)
    expect(code).toMatch(/^\d{8}$/)
    expect(secrets.matches(challengeHash, { code })).toBe(true)
    seen.add(code)
  }
  expect(seen.size).toBeGreaterThan(1_990)
  const [one, other] = [secrets.create(), secrets.create()]
  expect(secrets.matches(other.challengeHash, { code: secrets.codeOf(one.challengeHash) })).toBe(false)
  expect(createEmailSecrets([OLD]).codeOf(one.challengeHash)).not.toBe(secrets.codeOf(one.challengeHash))
})

test('a code and a token from before a change of secrets are accepted; a taken challenge accepts nothing', () => {
  const before = createEmailSecrets([OLD])
  const { token, challengeHash } = before.create()
  const code = before.codeOf(challengeHash)
  const after = createEmailSecrets([NEW, OLD])
  for (const answer of [{ token }, { code }, { code: ` ${code.slice(0, 4)}-${code.slice(4)} ` }]) {
    expect(after.matches(challengeHash, answer)).toBe(true)
    expect(after.matches(null, answer)).toBe(false)
  }
  expect(createEmailSecrets([NEW]).matches(challengeHash, { code })).toBe(false)
  for (const wrong of ['', code.slice(1), `${code}0`, `٠${code.slice(1)}`, `${token}x`])
    expect([after.matches(challengeHash, { code: wrong }), after.matches(challengeHash, { token: wrong })]).toEqual([
      false,
      false,
    ])
})
