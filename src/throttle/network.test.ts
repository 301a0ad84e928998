import { describe, expect, test } from 'vitest'
import { networksOf } from './network.ts'

describe('the networks of an IP address', () => {
  test.each([
    ['192.0.2.7', ['192.0.2.7']],
    ['2001:db8:1:1234:3:4:5:6', ['2001:db8:1:1234::/64', '2001:db8:1:1200::/56', '2001:db8:1::/48']],
    ['2001:DB8:1:2::', ['2001:db8:1:2::/64', '2001:db8:1:0::/56', '2001:db8:1::/48']],
    ['2001:0db8:0001:ffff:ffff::9', ['2001:db8:1:ffff::/64', '2001:db8:1:ff00::/56', '2001:db8:1::/48']],
    ['::1', ['0:0:0:0::/64', '0:0:0:0::/56', '0:0:0::/48']],
    ['fe80::1%eth0', ['fe80:0:0:0::/64', 'fe80:0:0:0::/56', 'fe80:0:0::/48']],
    ['::ffff:192.0.2.7', ['192.0.2.7']],
    ['::ffff:c000:207', ['192.0.2.7']],
    ['64:ff9b::192.0.2.7', ['192.0.2.7']],
    ['64:ff9b:1::192.0.2.7', ['64:ff9b:1:0::/64', '64:ff9b:1:0::/56', '64:ff9b:1::/48']],
    ['no address', ['unknown']],
    [null, ['unknown']],
  ])('%s counts for %j', (address, networks) => {
    expect(networksOf(address).map(({ name }) => name)).toEqual(networks)
  })

  test('a larger network has a larger budget', () => {
    expect(networksOf('2001:db8::1').map(({ share }) => share)).toEqual([1, 1.5, 2])
    expect(networksOf(null)[0]?.share).toBe(1_000)
  })
})
