import { pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verifyForeignHash } from '../crypto/foreign-hash.ts'
import { parseImportLine } from './import-line.ts'

const NOW = Date.UTC(2026, 0, 1)

/** The password behind every hash in the examples of docs/importing-users.md. */
const PASSWORD_OF_THE_DOCS = 'correct horse battery staple'

/**
 * From the realm export in the examples of Strimzi (kafka-oauth): the user is alice, the password is alice-password.
 */
const KEYCLOAK_PBKDF2 = {
  type: 'password',
  secretData:
    '{"value":"KqABIiReBuRWbP4pBct3W067pNvYzeN7ILBV+8vT8nuF5cgYs2fdl2QikJT/7bGTW/PBXg6CYLwJQFYrBK9MWg==","salt":"EPgscX9CQz7UnuZDNZxtMw=="}',
  credentialData: '{"hashIterations":27500,"algorithm":"pbkdf2-sha256"}',
}
/** From the realm export in the tutorials of solo.io. The password is "password". */
const KEYCLOAK_ARGON2 = {
  secretData:
    '{"value":"BruFLfFkjH/8erZ26NnrbkOrWiZuQyDRCHD9o0R6Scg=","salt":"Cf9AYCE5pAbb4CKEF0GUTA==","additionalParameters":{}}',
  credentialData:
    '{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}',
}

describe('a line of an import', () => {
  test('a full line becomes a user with normalized values', () => {
    const line = {
      email: ' Ada@Example.COM ',
      name: ' Ada ',
      emailVerified: true,
      passwordHash: '$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi',
      createdAt: '2024-05-01T14:00:00.5+02:00',
      disabled: true,
    }
    expect(parseImportLine(JSON.stringify(line), NOW)).toEqual({
      ok: true,
      user: {
        email: 'ada@example.com',
        name: 'Ada',
        emailVerified: true,
        passwordHash: line.passwordHash,
        createdAt: Date.UTC(2024, 4, 1, 12, 0, 0, 500),
        disabled: true,
      },
    })
  })

  test.each([
    ['alone', '{"email": "ada@example.com"}'],
    ['with nulls', '{"email": "ada@example.com", "name": null, "passwordHash": null, "createdAt": null}'],
  ])('an address %s becomes a user without a name, without a password and with an unverified address', (_, line) => {
    expect(parseImportLine(line, NOW)).toEqual({
      ok: true,
      user: {
        email: 'ada@example.com',
        name: null,
        emailVerified: false,
        passwordHash: null,
        createdAt: null,
        disabled: false,
      },
    })
  })

  test('all problems of a line are reported at once, and no value is repeated', () => {
    const line = {
      email: 'no-address',
      name: 'two\nlines',
      emailVerified: 'yes',
      passwordHash: '5f4dcc3b5aa765d61d8327deb882cf99',
      createdAt: '2024-05-01 12:00',
      disabled: 1,
      pasword: 'secret',
      role: 'admin',
    }
    const outcome = parseImportLine(JSON.stringify(line), NOW)
    expect(outcome.ok ? [] : outcome.problems.map(({ pointer }) => pointer).sort()).toEqual(
      Object.keys(line)
        .map((member) => `#/${member}`)
        .sort(),
    )
    expect(JSON.stringify(outcome)).not.toMatch(/no-address|5f4dcc3b|secret|admin/)
  })

  test.each([
    ['nothing', ''],
    ['no JSON', '{"email":'],
    ['an array', '["ada@example.com"]'],
    ['a text', '"ada@example.com"'],
    ['null', 'null'],
    ['two objects', '{"email": "ada@example.com"} {"email": "bob@example.com"}'],
    ['a long line', JSON.stringify({ email: 'ada@example.com', name: 'x'.repeat(300_000) })],
  ])('%s is reported as one problem of the whole line', (_, line) => {
    expect(parseImportLine(line, NOW)).toMatchObject({ ok: false, problems: [{ pointer: '#' }] })
  })

  test.each([
    ['no address', '{"name": "Ada"}', '#/email'],
    ['null for a boolean', '{"email": "ada@example.com", "disabled": null}', '#/disabled'],
    ['a time without zone', '{"email": "ada@example.com", "createdAt": "2024-05-01T12:00:00"}', '#/createdAt'],
    ['a time before 1970', '{"email": "ada@example.com", "createdAt": "1969-12-31T23:59:59Z"}', '#/createdAt'],
    ['a time in the future', '{"email": "ada@example.com", "createdAt": "2026-01-01T00:00:00.001Z"}', '#/createdAt'],
    ['an empty hash', '{"email": "ada@example.com", "passwordHash": ""}', '#/passwordHash'],
    [
      'a hash whose cost would stall the server',
      '{"email": "ada@example.com", "passwordHash": "$2y$31$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi"}',
      '#/passwordHash',
    ],
    ['a prototype', '{"email": "ada@example.com", "__proto__": {"disabled": true}}', '#/__proto__'],
  ])('%s is refused', (_, line, pointer) => {
    expect(parseImportLine(line, NOW)).toMatchObject({ ok: false, problems: [{ pointer }] })
  })

  test.each([
    ['PBKDF2', KEYCLOAK_PBKDF2, 'alice-password', '$pbkdf2-sha256$i=27500$'],
    ['argon2', KEYCLOAK_ARGON2, 'password', '$argon2id$v=19$m=7168,t=5,p=1$'],
  ])(
    'a Keycloak credential with %s becomes a hash that matches its password',
    async (_, credential, password, form) => {
      const hash = hashOf({ passwordHash: JSON.stringify(credential) })
      expect(hash.startsWith(form)).toBe(true)
      expect(await verifyForeignHash(password, hash)).toBe(true)
      expect(await verifyForeignHash(`${password}.`, hash)).toBe(false)
    },
  )

  test.each([
    ['another algorithm', { ...KEYCLOAK_PBKDF2, credentialData: '{"hashIterations":1,"algorithm":"md5"}' }],
    ['a prototype as algorithm', { ...KEYCLOAK_PBKDF2, credentialData: '{"hashIterations":1,"algorithm":"toString"}' }],
    ['argon2 without costs', { ...KEYCLOAK_ARGON2, credentialData: '{"hashIterations":5,"algorithm":"argon2"}' }],
    ['too many iterations', { ...KEYCLOAK_PBKDF2, credentialData: '{"hashIterations":99999999,"algorithm":"pbkdf2"}' }],
    ['a one-time password', { credentialData: '{"subType":"totp","digits":6}', secretData: '{"value":"JBSWY3DP"}' }],
    ['no secret', { credentialData: KEYCLOAK_PBKDF2.credentialData }],
    ['no JSON inside', { credentialData: 'x', secretData: 'y' }],
  ])('a Keycloak credential with %s is refused', (_, credential) => {
    const line = JSON.stringify({ email: 'ada@example.com', passwordHash: JSON.stringify(credential) })
    expect(parseImportLine(line, NOW)).toMatchObject({ ok: false, problems: [{ pointer: '#/passwordHash' }] })
  })

  // The examples of Spring Security's reference ("Password Storage Format"), and other names for hashes of foreign-hash.test.ts.
  test.each([
    ['{bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG', 'password', '$2a$10$'],
    [
      '{pbkdf2}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8dc',
      'password',
      '$pbkdf2-sha1$i=185000$',
    ],
    [
      '{scrypt}$e0801$8bWJaSu2IKSn9Z9kM+TPXfOc/9bdYSrN1oD9qfVThWEwdRTnO7re7Ei+fUZRJ68k9lTyuTeUp4of4g24hHnazw==$OAOec05+bXxvuu/1qZ6NUR+xQYvYv7BeL1QxwRpY5Pc=',
      'password',
      '$scrypt$ln=14,r=8,p=1$',
    ],
    [
      '{argon2@SpringSecurity_v5_8}$argon2id$v=19$m=7168,t=5,p=1$Cf9AYCE5pAbb4CKEF0GUTA$BruFLfFkjH/8erZ26NnrbkOrWiZuQyDRCHD9o0R6Scg',
      'password',
      '$argon2id$',
    ],
    ['{BLF-CRYPT}$2b$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS', PASSWORD_OF_THE_DOCS, '$2b$05$'],
    ['{CRYPT}$2y$04$K58aztJ/9lEbY.EpRFgx..QIDTGwDovy3yYwedKXzRo87ugjU2DZu', PASSWORD_OF_THE_DOCS, '$2y$04$'],
  ])('a hash with the name of its scheme in braces matches its password: %s', async (braced, password, form) => {
    const hash = hashOf({ passwordHash: braced })
    expect(hash.startsWith(form)).toBe(true)
    expect(await verifyForeignHash(password, hash)).toBe(true)
    expect(await verifyForeignHash(`${password}.`, hash)).toBe(false)
  })

  test('the current PBKDF2 of Spring has 310,000 rounds of SHA-256 and a salt of 16 bytes', () => {
    const salt = Buffer.from('16 bytes of salt')
    const key = pbkdf2Sync('pässword', salt, 310_000, 32, 'sha256')
    const braced = `{pbkdf2@SpringSecurity_v5_8}${Buffer.concat([salt, key]).toString('hex')}`
    return expect(verifyForeignHash('pässword', hashOf({ passwordHash: braced }))).resolves.toBe(true)
  })

  test.each([
    '{noop}password',
    '{MD5}{u1s2}5f4dcc3b5aa765d61d8327deb882cf99',
    '{sha256}97cde38028ad898ebc02e690819fa220e88c62e0699403e94fff291cfffaf8410849f27605abcbc0',
    '{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3',
    '{bcrypt}password',
    '{bcrypt}{bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG',
    '{pbkdf2}5d923b44a6d129f3',
    '{pbkdf2}',
    '{scrypt}$ffffffff$8bWJaSu2IKSn9Z9k$OAOec05+bXxvuu/1qZ6NUR+xQYvYv7BeL1QxwRpY5Pc=',
    '{toString}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG',
  ])('a braced hash that is weak, malformed or too expensive is refused: %s', (passwordHash) => {
    const outcome = parseImportLine({ email: 'ada@example.com', passwordHash }, NOW)
    expect(outcome).toMatchObject({ ok: false, problems: [{ pointer: '#/passwordHash' }] })
  })

  test('a byte-order mark before a line changes nothing', () => {
    const line = '{"email": "ada@example.com"}'
    expect(parseImportLine(`\ufeff${line}`, NOW)).toEqual(parseImportLine(line, NOW))
    expect(parseImportLine(`\ufeff\ufeff${line}`, NOW)).toMatchObject({ ok: false })
  })

  test('any text and any JSON becomes a user or a list of problems', () => {
    const member = fc.oneof(fc.constantFrom('email', 'name', 'passwordHash', 'createdAt', 'disabled'), fc.string())
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.dictionary(member, fc.jsonValue()).map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(line, (text) => {
        const outcome = parseImportLine(text, NOW)
        return outcome.ok || outcome.problems.length > 0
      }),
      { numRuns: 2_000 },
    )
  })

  test('every line in docs/importing-users.md becomes a user, and its hash matches the password in that page', async () => {
    const page = readFileSync(new URL('../../docs/importing-users.md', import.meta.url), 'utf8')
    expect(page).toContain(`\`${PASSWORD_OF_THE_DOCS}\``)
    const lines = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
      block.trim().split('\n'),
    )
    expect(lines.length).toBeGreaterThanOrEqual(11)
    for (const line of lines) {
      const hash = hashOf(JSON.parse(line) as Record<string, unknown>)
      expect([line, await verifyForeignHash(PASSWORD_OF_THE_DOCS, hash)]).toEqual([line, true])
    }
  })
})

function hashOf(members: Record<string, unknown>): string {
  const outcome = parseImportLine(JSON.stringify({ email: 'ada@example.com', ...members }), NOW)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.user?.passwordHash ?? ''
}
