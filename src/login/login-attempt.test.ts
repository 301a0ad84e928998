import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UserId } from '../kernel/ids.ts'
import { beginLogin, completeLogin, isComplete, proveStep } from './login-attempt.ts'

const subject = { userId: 'u' as UserId, securityEpoch: 3 }
const PASSWORD = [['password']]

describe('a login attempt (promise 6: half a login is nothing)', () => {
  test('is complete if its round is proven, and keeps the security epoch of its first proof', () => {
    const login = completeLogin(proveStep(beginLogin(subject, PASSWORD), 'password'))
    expect(login).toEqual({ userId: 'u', securityEpoch: 3, methods: ['password'] })
  })

  test('an attempt with an open round, or without any round, starts no session', () => {
    expect(() => completeLogin(beginLogin(subject, PASSWORD))).toThrow('password is open')
    expect(() => completeLogin(beginLogin(subject, []))).toThrow('not complete')
    expect(() => completeLogin(beginLogin(subject, [[]]))).toThrow('not complete')
  })

  test('any one method of a round proves it', () => {
    const half = proveStep(beginLogin(subject, [...PASSWORD, ['totp', 'passkey']]), 'password')
    expect(half.openRounds).toEqual([['totp', 'passkey']])
    expect(() => completeLogin(half)).toThrow('totp, passkey is open')
    for (const method of ['totp', 'passkey']) {
      expect(completeLogin(proveStep(half, method)).methods).toEqual(['password', method])
    }
  })

  test('a round is neither skipped nor repeated (ASVS 2.3.1)', () => {
    const proven = proveStep(beginLogin(subject, PASSWORD), 'password')
    expect(() => proveStep(proven, 'password')).toThrow('not open')
    expect(() => proveStep(beginLogin(subject, [...PASSWORD, ['totp']]), 'totp')).toThrow('not open')
    expect(() => proveStep(beginLogin(subject, PASSWORD), 'totp')).toThrow('not open')
  })

  test('for any sequence of proofs, the attempt is complete only if every round was proven in order (ASVS 2.3.1)', () => {
    const method = fc.constantFrom('password', 'totp', 'passkey')
    const rounds = fc.array(fc.array(method, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(rounds, fc.array(method, { maxLength: 5 }), (open, answers) => {
        let attempt = beginLogin(subject, open)
        const accepted: string[] = []
        for (const answer of answers) {
          const isOpen = open[accepted.length]?.includes(answer) ?? false
          if (isOpen) {
            attempt = proveStep(attempt, answer)
            accepted.push(answer)
          } else {
            expect(() => proveStep(attempt, answer)).toThrow('not open')
          }
        }
        expect(attempt.provenMethods).toEqual(accepted)
        expect(isComplete(attempt)).toBe(accepted.length === open.length)
      }),
    )
  })
})
