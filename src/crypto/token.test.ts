import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashToken, newToken, parseToken } from './token.ts'

describe('tokens', () => {
  test('a known token has the expected checksum in CRC-32 and base62', () => {
    // An independent CRC-32. Python's zlib confirms the algorithm: both return 3421780262 for "123456789".
    const payload = `lks_${'A'.repeat(43)}`
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    let crc = 0xffffffff
    for (const byte of Buffer.from(payload)) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    }
    let rest = (crc ^ 0xffffffff) >>> 0
    let checksum = ''
    while (checksum.length < 6) {
      checksum = `${digits[rest % 62]}${checksum}`
      rest = Math.floor(rest / 62)
    }
    expect(parseToken('lks', `${payload}${checksum}`)).toBe(`${payload}${checksum}`)
  })

  test('a new token is well formed, has 256 random bits and never repeats (ASVS 6.5.2, 6.5.3, 6.5.4, 7.2.3, 11.5.1)', () => {
    const tokens = new Set(Array.from({ length: 10_000 }, () => newToken('lks')))
    expect(tokens.size).toBe(10_000)
    for (const token of tokens) expect(parseToken('lks', token)).toBe(token)
    const [token = ''] = tokens
    expect(token).toMatch(/^lks_[\w-]{43}[0-9A-Za-z]{6}$/)
    expect(Buffer.from(token.slice(4, 47), 'base64url')).toHaveLength(32)
  })

  test('one changed character at any position is refused', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    fc.assert(
      fc.property(fc.nat(52), fc.constantFrom(...alphabet), (position, character) => {
        const token = newToken('lks')
        const changed = `${token.slice(0, position)}${character}${token.slice(position + 1)}`
        expect(parseToken('lks', changed)).toBe(changed === token ? token : null)
      }),
      { numRuns: 2_000 },
    )
  })

  test('another prefix and any other text are refused', () => {
    expect(parseToken('lkp', newToken('lks'))).toBeNull()
    expect(parseToken('lk', newToken('lks'))).toBeNull()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseToken('lks', text)).toBeNull()
      }),
    )
    fc.assert(
      fc.property(fc.base64String(), (text) => {
        expect(parseToken('lks', `lks_${text}`)).toBeNull()
      }),
    )
  })

  test('the hash is SHA-256 (ASVS 6.5.2)', () => {
    expect(Buffer.from(hashToken('abc'), 'base64url').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })
})
