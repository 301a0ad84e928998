import { describe, expect, test } from 'vitest'
import type { UserId } from '../kernel/ids.ts'
import { beginLogin, completeLogin, proveStep, type Step } from './login-attempt.ts'

const subject = { userId: 'u' as UserId, securityEpoch: 3 }

describe('a login attempt (promise 6: half a login is nothing)', () => {
  test('is complete when its step is proven, and then says how and when it was read', () => {
    const login = completeLogin(proveStep(beginLogin(subject), 'password'))
    expect(login).toEqual({ userId: 'u', securityEpoch: 3, methods: ['password'] })
  })

  test('with a step open, or with no step at all, it starts nothing', () => {
    expect(() => completeLogin(beginLogin(subject))).toThrow('password is open')
    expect(() => completeLogin(beginLogin(subject, []))).toThrow('not complete')
  })

  test('a later kind of proof is one more step: the password alone is not enough then', () => {
    const totp = 'totp' as Step // no such step yet; the machine does not mind
    const half = proveStep(beginLogin(subject, ['password', totp]), 'password')
    expect(half.openSteps).toEqual([totp])
    expect(() => completeLogin(half)).toThrow('totp is open')
    expect(completeLogin(proveStep(half, totp)).methods).toEqual(['password', totp])
  })

  test('a step is proven once, and only if it is asked for', () => {
    const proven = proveStep(beginLogin(subject), 'password')
    expect(() => proveStep(proven, 'password')).toThrow('not open')
    expect(() => proveStep(beginLogin(subject), 'totp' as Step)).toThrow('not open')
  })
})
