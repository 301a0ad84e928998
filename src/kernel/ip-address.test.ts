import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseIpAddress, parseIpNetwork, parseIpv6Groups } from './ip-address.ts'

const bytes = (length: number) => fc.array(fc.integer({ min: 0, max: 255 }), { minLength: length, maxLength: length })
const ipv4 = bytes(4).map((parts) => parts.join('.'))
/** Frequent zeros, so that the form is often compressed. */
const groups = fc.array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
})
const ipv6 = groups.map((parts) => parts.map((part) => part.toString(16)).join(':'))
/** Text that is almost an IP address. */
const nearMiss = fc
  .array(
    fc.constantFrom('0', '1', '25', '256', '0x7f', '017', 'ffff', 'FFFF', '12345', ':', '::', '.', '%', 'e', '/', ' '),
    { maxLength: 16 },
  )
  .map((parts) => parts.join(''))

/** Returns an IPv6 address as the WHATWG URL standard (section 3.5) writes it: as RFC 5952, in hexadecimal. */
function writtenByUrl(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}

describe('an IP address in its canonical form', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['0.0.0.0', '0.0.0.0'],
    ['2001:db8:0:0::0:1', '2001:db8::1'],
    ['2001:DB8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'], // one group of zeros stays (RFC 5952 section 4.2.2)
    ['0:0:0:0:0:0:0:0', '::'],
    ['::1', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:203.0.113.9', '203.0.113.9'],
    ['0:0:0:0:0:ffff:203.0.113.9', '203.0.113.9'],
    ['::ffff:cb00:7109', '203.0.113.9'],
    ['::ffff:203.0.113.9%eth0', '203.0.113.9'],
    ['64:ff9b::203.0.113.9', '64:ff9b::cb00:7109'],
  ])('%s is %s', (text, canonical) => {
    expect(parseIpAddress(text)).toBe(canonical)
  })

  test.each([
    '',
    ' 203.0.113.9',
    '203.0.113.9 ',
    '203.0.113',
    '3405803777',
    '0313.0.113.9',
    '203.0.113.09',
    '0xcb.0.0x71.9',
    '203.0.113.256',
    '203.0.113.9:443',
    '203.0.113.9%eth0',
    '[2001:db8::1]',
    '2001:db8::1::2',
    '2001:db8:1',
    '12345::',
    '::ffff:203.0.0161.9',
    '::0xcb.0.113.9',
    'fe80::1%',
    '２０３.0.113.9',
    'localhost',
  ])('"%s" is not an IP address', (text) => {
    expect(parseIpAddress(text)).toBeNull()
    expect(parseIpNetwork(text)).toBeNull()
    expect(parseIpv6Groups(text)).toBeNull()
  })

  test('accepts exactly the texts that Node accepts', () => {
    fc.assert(
      fc.property(fc.oneof(nearMiss, ipv4, ipv6, fc.string()), (text) => {
        expect(parseIpAddress(text) !== null).toBe(isIP(text) !== 0)
      }),
      { numRuns: 2_000 },
    )
  })

  test('IPv6 has the form of the URL standard, however it was compressed, and parsing it again changes nothing', () => {
    fc.assert(
      fc.property(groups, fc.boolean(), (parts, isUpperCase) => {
        fc.pre(parts[5] !== 0xffff || parts.slice(0, 5).some((part) => part !== 0)) // IPv4-mapped: below
        const long = parts.map((part) => part.toString(16).padStart(4, '0')).join(':')
        const canonical = parseIpAddress(isUpperCase ? long.toUpperCase() : long)
        expect(canonical).toBe(writtenByUrl(long))
        expect(parseIpAddress(canonical ?? '')).toBe(canonical)
        expect(parseIpv6Groups(canonical ?? '')).toEqual(parts)
      }),
    )
  })

  test('every IPv4 address keeps its form, also if it is given as an IPv4-mapped IPv6 address in any form', () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        const mapped = `::ffff:${address}`
        expect([address, mapped, writtenByUrl(mapped), `0:0:0:0:0:FFFF:${address}`].map(parseIpAddress)).toEqual(
          Array(4).fill(address),
        )
        expect(parseIpv6Groups(mapped)).toBeNull()
      }),
    )
  })
})

describe('a network', () => {
  test.each([
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.77/24', '203.0.113.1', true], // host bits may be set
    ['203.0.113.9', '203.0.113.9', true],
    ['203.0.113.9', '203.0.113.8', false],
    ['203.0.113.8/31', '203.0.113.9', true],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['203.0.113.0/24', '::ffff:203.0.113.9', true],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['2001:DB8::1', '2001:db8:0:0::0:1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.9', true],
    ['::ffff:0:0/96', '203.0.113.9', true],
    ['::ffff:203.0.113.0/120', '203.0.113.9', true],
    ['::ffff:203.0.113.0/120', '203.0.114.9', false],
    ['::/96', '0.0.0.1', false],
    ['203.0.113.0/24', '203.0.113', false],
    ['203.0.113.0/24', '', false],
  ])('%s contains %s: %s', (network, address, isContained) => {
    expect(parseIpNetwork(network)?.contains(address)).toBe(isContained)
  })

  test.each([
    '203.0.113.0/33',
    '203.0.113.0/',
    '203.0.113.0/024',
    '203.0.113.0/-1',
    '203.0.113.0/8/8',
    '203.0.113.0/0x8',
    '203.0.113.0/255.255.255.0',
    '203.0.113.0 /24',
    '203.0.113/24',
    '0313.0.113.0/24',
    '2001:db8::/129',
    'fe80::1%eth0/64',
    'fe80::1%eth0',
    '/24',
  ])('"%s" is not a network', (text) => {
    expect(parseIpNetwork(text)).toBeNull()
  })

  test('contains the addresses that the block list of Node contains, in both families', () => {
    const address = fc.oneof(
      ipv4,
      ipv6,
      ipv4.map((text) => `::ffff:${text}`),
    )
    fc.assert(
      fc.property(address, address, fc.nat(128), fc.nat(7), (base, other, anyBits, flipped) => {
        const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
        const bits = family === 'ipv6' ? anyBits : anyBits % 33
        const list = new BlockList()
        list.addSubnet(base, bits, family)
        // A neighbour differs in its last group only, so that long prefixes match as well.
        const neighbour = base.replace(/[\da-f]+$/, (last) => (family === 'ipv4' ? String(flipped) : last))
        for (const candidate of [base, other, neighbour]) {
          const isListed = list.check(candidate, isIP(candidate) === 6 ? 'ipv6' : 'ipv4')
          expect(parseIpNetwork(`${base}/${bits}`)?.contains(candidate)).toBe(isListed)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
