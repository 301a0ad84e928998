import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AuditStore } from '../audit/store.ts'
import type { Stamp } from '../kernel/event.ts'
import { isCommonPassword } from './common-passwords.ts'
import { acceptNewPassword, codePoints, toPassword } from './password.ts'

const policy = {
  minLength: 15,
  contextWords: ['Acme Bank', 'id.acme.example'],
  isCommon: isCommonPassword,
  isBreached: null,
}
const audit: Pick<AuditStore, 'write'> = { write: async () => undefined } // the policy of this test has no list of breached passwords
const stamp: Stamp = (event) => ({ ...event, at: 0, actor: null, requestId: null, client: null })
const accept = (text: string): Promise<string> =>
  acceptNewPassword({ policy, audit }, text, {
    email: 'ada.lovelace@example.com',
    userId: null,
    pointer: '#/password',
    stamp,
  })

describe('the password policy', () => {
  test('any Unicode text of 15 to 1,024 code points is accepted, without composition rules', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 15, maxLength: 200 }), async (text) => {
        const length = codePoints(text.normalize('NFC'))
        if (length >= 15 && length <= 1_024) expect(await accept(text)).toBe(text.normalize('NFC'))
      }),
    )
    for (const text of [' '.repeat(15), '\u{1f600}'.repeat(15), `${'x'.repeat(1_023)}y`, 'aaaaaaaaaaaaaaa']) {
      expect(await accept(text)).toBe(text)
    }
  })

  test.each(['passwordpassword', 'PASSWORDpassword', 'qwertyuiopqwertyuiop', '111111111111111111'])(
    '%s is common',
    async (text) => {
      await expect(accept(text)).rejects.toThrow()
    },
  )

  test('the list has more than 10,000 passwords', async () => {
    const found = await Promise.all(['dragon', 'letmein', 'iloveyou'].map((text) => isCommonPassword(toPassword(text))))
    expect(found).toEqual([true, true, true])
    const { dictionary } = await import('@zxcvbn-ts/language-common')
    expect(dictionary['passwords-common'].length).toBeGreaterThan(10_000)
  })

  test('length counts code points after NFC', async () => {
    await expect(accept('\u{1f600}'.repeat(14))).rejects.toThrow()
    await expect(accept('e\u0301'.repeat(14))).rejects.toThrow()
    expect(await accept('e\u0301'.repeat(15))).toBe('\u00e9'.repeat(15))
    await expect(accept('x'.repeat(1_025))).rejects.toThrow()
  })

  test.each([
    'ada.lovelace@example.com',
    'ADA.LOVELACE@EXAMPLE.COM',
    'ada.lovelaceada.lovelace',
    'Acme Bank Acme Bank',
    'acme bank 2026!',
    'id.acme.example1',
  ])('%s is built from the email or the site', async (text) => {
    await expect(accept(text)).rejects.toThrow()
  })

  test('a password that merely contains such a word is fine', async () => {
    expect(await accept('my acme bank is a river bank')).toBeTruthy()
  })

  test('a password is changed only by NFC', () => {
    expect(toPassword('  Cafe\u0301 \uff21 ')).toBe('  Caf\u00e9 \uff21 ')
  })
})
