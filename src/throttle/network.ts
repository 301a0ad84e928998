import { isIPv4, isIPv6 } from 'node:net'

const GROUPS = 8
/** What one customer is given at least (RFC 6177): the first 64 bits. */
const NETWORK_GROUPS = 4

/**
 * The network that an address counts for: an IPv4 address itself, the /64 of an IPv6 address. IPv4 is IPv4 also where it is
 * written as an IPv6-mapped address (RFC 4291 section 2.5.5.2).
 * @param ip null when unknown: all who are unknown count together.
 */
export function networkOf(ip: string | null): string {
  if (ip === null) return 'unknown'
  if (isIPv4(ip)) return ip
  const [address = ''] = ip.split('%') // without the zone of a link-local address
  if (!isIPv6(address)) return 'unknown'
  const groups = toGroups(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return toIPv4(groups)
  return `${groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

function toGroups(address: string): number[] {
  // The URL parser writes all of it in hexadecimal, in one form (WHATWG URL section 3.5).
  const { hostname } = new URL(`http://[${address}]`)
  const [left = '', right] = hostname.slice(1, -1).split('::')
  const head = parseGroups(left)
  const tail = parseGroups(right ?? '')
  return [...head, ...Array<number>(GROUPS - head.length - tail.length).fill(0), ...tail]
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function toIPv4(groups: readonly number[]): string {
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}
