import { parseIpAddress, parseIpv6Groups } from '../kernel/ip-address.ts'

/** Groups of the first 64 bits, the smallest network that one customer gets (RFC 6177). */
const NETWORK_GROUPS = 4

/**
 * Returns the network whose budget an IP address uses: the IPv4 address itself, or the /64 of an IPv6 address. An IPv4-mapped
 * IPv6 address counts as IPv4.
 * @param ip the IP address; null if unknown. All unknown addresses share the network `unknown`.
 */
export function networkOf(ip: string | null): string {
  const address = ip === null ? null : parseIpAddress(ip)
  if (address === null) return 'unknown'
  const groups = parseIpv6Groups(address)
  if (groups === null) return address
  const prefix = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16))
  return `${prefix.join(':')}::/64`
}
