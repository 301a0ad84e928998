import { expect, test } from 'vitest'
import { emailLoginSettings } from './settings.ts'

test('CWE-863: emails register accounts only where registration is open', () => {
  const service = { baseUrl: new URL('https://id.example.com'), hasMailer: true, isDevelopment: false }
  const problem = (emailLogin: 'on' | 'register', isRegistrationOpen: boolean): string | null =>
    emailLoginSettings.findContradiction({ emailLogin }, { ...service, isRegistrationOpen })
  expect(problem('register', false)).toContain('use emailLogin "on"')
  expect([problem('on', false), problem('on', true), problem('register', true)]).toEqual([null, null, null])
})
