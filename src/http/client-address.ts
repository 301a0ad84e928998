import { parseIpAddress, parseIpNetwork } from '../kernel/ip-address.ts'
import { Warning } from '../kernel/warning.ts'

/** The hops in front of Latchkey that are trusted proxies: their number, or their addresses. */
export type TrustProxy = number | readonly string[]

/** Returns the IP address of a client from the socket's address and `X-Forwarded-For`. */
export type ClientAddress = (socketAddress: string | null, forwardedFor: string | null) => string | null

/** An entry in brackets, with or without a port: `[2001:db8::7]:443`. */
const BRACKETED = /^\[([^\]]*)\](?::\d{1,5})?$/
const PORT = /:\d{1,5}$/
const MAX_REPORTED = 64

/**
 * Creates the function that returns client addresses. A header counts only as far as trusted proxies wrote it (ASVS
 * 4.1.3, 15.3.4); without proxies, the socket's address is the client's.
 * @param trustProxy the number of proxies in front, or their CIDRs; 0 means none. With a number, the first hop is a
 *   proxy even if the socket has no address, such as a Unix socket. With a list of networks, such a hop is never a
 *   proxy.
 * @param report receives one Warning if a trusted proxy writes an entry that is not an IP address: then its clients cannot be
 *   told apart.
 */
export function createClientAddress(
  trustProxy: TrustProxy,
  report: (warning: Warning) => void = () => undefined,
): ClientAddress {
  if (trustProxy === 0) return (socketAddress) => parseHop(socketAddress)
  const isProxy = typeof trustProxy === 'number' ? isAmongFirst(trustProxy) : inNetworks(trustProxy)
  let isReported = false
  const reportOnce = (text: string): void => {
    if (isReported) return
    isReported = true
    report(unreadable(text))
  }
  return (socketAddress, forwardedFor) => {
    let nearer: string | null = null
    for (const [hop, text] of [socketAddress, ...forwardedHops(forwardedFor)].entries()) {
      const address = parseHop(text)
      if (address === null && text !== null) reportOnce(text)
      // Unknown if the proxy wrote no IP address: the address of the proxy would make one client of all.
      if (!isProxy(address, hop)) return address
      nearer = address
    }
    return nearer // all hops are proxies: the furthest one
  }
}

/** Returns true if a hop is a trusted proxy. Hops are counted from 0, the nearest. */
type IsProxy = (address: string | null, hop: number) => boolean

/**
 * Trusts a number of hops. The address that a proxy wrote must be valid; the socket has no address if it is not TCP.
 */
function isAmongFirst(count: number): IsProxy {
  return (address, hop) => hop < count && (address !== null || hop === 0)
}

/** Trusts the hops in a list of CIDRs. Throws an Error that names a malformed entry. */
function inNetworks(cidrs: readonly string[]): IsProxy {
  const networks = cidrs.map((cidr) => {
    const network = parseIpNetwork(cidr)
    if (network === null) throw new Error(`"${cidr}" is not a CIDR. Examples: 10.0.0.0/8, fd00::/8`)
    return network
  })
  return (address) => address !== null && networks.some((network) => network.contains(address))
}

/** Returns the entries of X-Forwarded-For, nearest hop first. */
function forwardedHops(header: string | null): string[] {
  return header === null ? [] : header.split(',').reverse()
}

function parseHop(text: string | null): string | null {
  return text === null ? null : (parseIpAddress(text.trim()) ?? parseDecorated(text.trim()))
}

/**
 * Returns the IP address of an entry with quotes, brackets or a port. An IPv6 address with a port should have brackets; without
 * them, the last group counts as a port only if the text is not an IPv6 address already.
 */
function parseDecorated(text: string): string | null {
  const entry = unquote(text)
  const plain = BRACKETED.exec(entry)?.[1] ?? entry
  return parseIpAddress(plain) ?? parseIpAddress(plain.replace(PORT, ''))
}

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text
}

function unreadable(text: string): Warning {
  const shown = JSON.stringify(text.trim().slice(0, MAX_REPORTED))
  return new Warning(
    `X-Forwarded-For: a trusted proxy wrote ${shown}, which is not an IP address. Its clients count as one. This is reported once.`,
  )
}
