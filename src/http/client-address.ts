import { parseIpAddress, parseIpNetwork } from '../kernel/ip-address.ts'

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
  if (trustProxy === 0) return (socketAddress) => parseHop(socketAddress)
  const isProxy = typeof trustProxy === 'number' ? isAmongFirst(trustProxy) : inNetworks(trustProxy)
  return (socketAddress, forwardedFor) => {
    let nearer: string | null = null
    for (const [hop, text] of [socketAddress, ...forwardedHops(forwardedFor)].entries()) {
      const address = parseHop(text)
      // A client that left no IP address: the hop before it is the best answer.
      if (!isProxy(address, hop)) return address ?? nearer
      nearer = address
    }
    return nearer // all are proxies: the one furthest away
  }
}

/** Whether a hop, counted from the nearest as 0, is a proxy of ours. */
type IsProxy = (address: string | null, hop: number) => boolean

/** The hops of a number of proxies. What they wrote as an address has to be one; the socket has none where it is no TCP. */
function isAmongFirst(count: number): IsProxy {
  return (address, hop) => hop < count && (address !== null || hop === 0)
}

/** The networks of a CIDR list. Throws Error that names the malformed entry. */
function inNetworks(cidrs: readonly string[]): IsProxy {
  const networks = cidrs.map((cidr) => {
    const network = parseIpNetwork(cidr)
    if (network === null) throw new Error(`"${cidr}" is not a CIDR. Examples: 10.0.0.0/8, fd00::/8`)
    return network
  })
  return (address) => address !== null && networks.some((network) => network.contains(address))
}

/** The entries of X-Forwarded-For, nearest hop first. */
function forwardedHops(header: string | null): string[] {
  return header === null ? [] : header.split(',').reverse()
}

function parseHop(text: string | null): string | null {
  return text === null ? null : parseIpAddress(text.trim())
}
