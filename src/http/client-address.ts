import { BlockList, isIP } from 'node:net'

/** Which hops before us are our own proxies: how many, or their addresses. */
export type TrustProxy = number | readonly string[]

/** Finds the address of a client from the socket's address and `X-Forwarded-For`. */
export type ClientAddress = (socketAddress: string | null, forwardedFor: string | null) => string | null

/**
 * Makes the function that finds client addresses. Headers count only as far as proxies of ours wrote them
 * (ASVS 4.1.3, 15.3.4); without proxies the socket's address is the client's.
 * @param trustProxy the number of proxies in front, or CIDRs. 0: none. Counted, the first hop is a proxy also where the
 *   socket has no address, such as a Unix socket; in a list of networks it never is.
 */
export function createClientAddress(trustProxy: TrustProxy): ClientAddress {
  if (trustProxy === 0) return (socketAddress) => canonical(socketAddress)
  const isProxy = typeof trustProxy === 'number' ? isAmongFirst(trustProxy) : inNetworks(trustProxy)
  return (socketAddress, forwardedFor) => {
    const hops = [canonical(socketAddress), ...forwardedHops(forwardedFor)]
    const client = hops.findIndex((address, hop) => !isProxy(address, hop))
    // All are proxies: the one furthest away. No address at all where the first unknown stands: the hop before it.
    if (client === -1) return hops.at(-1) ?? null
    return hops[client] ?? hops[client - 1] ?? null
  }
}

/** Whether a hop, counted from the nearest as 0, is a proxy of ours. */
type IsProxy = (address: string | null, hop: number) => boolean

/** The hops of a number of proxies. What they wrote as an address has to be one; the socket has none where it is no TCP. */
function isAmongFirst(count: number): IsProxy {
  return (address, hop) => hop < count && (address !== null || hop === 0)
}

/** The networks of a CIDR list. Throws Error that says which entry is wrong. */
function inNetworks(cidrs: readonly string[]): IsProxy {
  const networks = new BlockList()
  for (const cidr of cidrs) {
    const [address = '', length, ...rest] = cidr.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const bits = length === undefined ? (family === 'ipv6' ? 128 : 32) : Number(length)
    if (
      isIP(address) === 0 ||
      rest.length > 0 ||
      !Number.isInteger(bits) ||
      bits < 0 ||
      bits > (family === 'ipv6' ? 128 : 32)
    ) {
      throw new Error(`"${cidr}" is no CIDR; right would be 10.0.0.0/8 or fd00::/8`)
    }
    networks.addSubnet(address, bits, family)
  }
  return (address) => address !== null && networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** The entries of X-Forwarded-For, nearest hop first; null for one that is no address. */
function forwardedHops(header: string | null): (string | null)[] {
  if (header === null) return []
  return header
    .split(',')
    .map((entry) => canonical(entry.trim()))
    .reverse()
}

/** An address in one form: IPv4 also where it came as an IPv6-mapped one; null when it is none. */
function canonical(address: string | null): string | null {
  if (address === null || isIP(address) === 0) return null
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return mapped ?? address.toLowerCase()
}
