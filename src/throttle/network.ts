import { parseIpAddress, parseIpv6Groups } from '../kernel/ip-address.ts'

/** A network that an IP address belongs to. */
export interface Network {
  readonly name: string
  /** How many times the budget of one customer the network has. */
  readonly share: number
}

/**
 * Networks of an IPv6 address, in 16-bit groups and bits. A customer gets a /64, a /56 or a /48 (RFC 6177), and may use every
 * address in it. Which of the three it is cannot be seen from outside, so each has a budget, and the larger one a larger budget.
 */
const IPV6_NETWORKS = [
  { bits: 64, share: 1 },
  { bits: 56, share: 1.5 },
  { bits: 48, share: 2 },
] as const
const GROUP_BITS = 16
/** The network of clients without an IP address. */
export const UNKNOWN_NETWORK: Network = { name: 'unknown', share: 1_000 }
/** Addresses of IPv4 clients behind a translator (NAT64, RFC 6052): the last 32 bits are the IPv4 address. */
const NAT64 = [0x64, 0xff9b, 0, 0, 0, 0]

/**
 * Returns the networks whose budgets an IP address uses, the smallest first: the IPv4 address itself, or the /64, /56 and /48
 * of an IPv6 address. IPv4-mapped and NAT64 addresses count as IPv4.
 * @param ip the IP address; null if unknown. All such clients share one network, so it has the budget of a whole service: one
 *   client must not use up the budget of all.
 */
export function networksOf(ip: string | null): readonly Network[] {
  const address = ip === null ? null : parseIpAddress(ip)
  if (address === null) return [UNKNOWN_NETWORK]
  const groups = parseIpv6Groups(address)
  if (groups === null) return [{ name: address, share: 1 }]
  if (NAT64.every((group, index) => groups[index] === group)) {
    const bytes = groups.slice(NAT64.length).flatMap((group) => [group >> 8, group & 0xff])
    return [{ name: bytes.join('.'), share: 1 }]
  }
  return IPV6_NETWORKS.map(({ bits, share }) => ({ name: `${prefixOf(groups, bits)}::/${bits}`, share }))
}

/** Returns the first bits of an address, as groups in hexadecimal. */
function prefixOf(groups: readonly number[], bits: number): string {
  return groups
    .slice(0, Math.ceil(bits / GROUP_BITS))
    .map((group, index) => group & (0xffff << Math.max(0, (index + 1) * GROUP_BITS - bits)) & 0xffff)
    .map((group) => group.toString(16))
    .join(':')
}
