/*
 * IP addresses and CIDRs in one canonical form. IPv4-mapped IPv6 addresses become IPv4 (RFC 4291 section 2.5.5.2), IPv6 is
 * compressed and in lower case (RFC 5952), and zone ids are dropped. Refused on purpose: octal, hexadecimal and short forms
 * of IPv4, zone ids in networks, prefix lengths with leading zeros. `ipaddr.js` accepts octal, hexadecimal and short forms,
 * so `isIpAddress` checks the text first. Tested by ip-address.test.ts.
 */
import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

type ParsedAddress = ipaddr.IPv4 | ipaddr.IPv6

/** A range of IP addresses. */
export interface IpNetwork {
  /** Returns true if the network contains the IP address. Returns false for malformed text. */
  contains(address: string): boolean
}

const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const IPV4_AS_IPV6 = ipaddr.IPv6.parse('::ffff:0:0')
/** Bits of an IPv4-mapped IPv6 address that come before the IPv4 address. */
const MAPPED_BITS = 96
const CIDR = /^([^/%]+)(?:\/(0|[1-9]\d{0,2}))?$/

/**
 * Returns true for an IP address. The first `isIPv6` of a process takes 8 ms, so that text without a colon, which cannot be IPv6,
 * does not reach it: a start is shorter.
 */
export function isIpAddress(text: string): boolean {
  return isIPv4(text) || (text.includes(':') && isIPv6(text))
}

/**
 * Parses an IP address.
 * @returns its canonical text, or null if the text is not an IP address.
 */
export function parseIpAddress(text: string): string | null {
  if (isIPv4(text)) return text // Node accepts only the canonical form
  if (!isIpAddress(text)) return null
  // Dual-stack sockets report every IPv4 client in this form; ipaddr.js takes 7 µs for it.
  return IPV4_MAPPED.exec(text)?.[1] ?? ipaddr.process(withoutZone(text)).toString()
}

/**
 * Parses a CIDR such as `203.0.113.0/24` or `2001:db8::/32`, or a single IP address. Host bits may be set.
 * A network that covers all IPv4-mapped IPv6 addresses, such as `::/0`, contains the IPv4 addresses too.
 * @returns null if the text is neither.
 */
export function parseIpNetwork(text: string): IpNetwork | null {
  const [, address = '', length] = CIDR.exec(text) ?? []
  if (!isIpAddress(address)) return null
  const maxBits = isIPv4(address) ? 32 : 128
  const bits = length === undefined ? maxBits : Number(length)
  if (bits > maxBits) return null
  const [base, baseBits] = unmap(ipaddr.parse(address), bits)
  const hasAllIpv4 = base.kind() === 'ipv6' && IPV4_AS_IPV6.match(base, baseBits)
  return {
    contains: (candidate) => {
      const parsed = parse(candidate)
      if (parsed === null) return false
      return parsed.kind() === base.kind() ? parsed.match(base, baseBits) : hasAllIpv4
    },
  }
}

/** Returns true for an IP address that only this machine can reach. Returns false for malformed text. */
export function isLoopbackAddress(text: string): boolean {
  return parse(text)?.range() === 'loopback'
}

/** Returns the eight 16-bit groups of an IPv6 address, or null for IPv4, IPv4-mapped IPv6 and malformed text. */
export function parseIpv6Groups(text: string): readonly number[] | null {
  if (isIPv4(text)) return null // most texts, and ipaddr.js takes longer
  const parsed = parse(text)
  return parsed instanceof ipaddr.IPv6 ? parsed.parts : null
}

function parse(text: string): ParsedAddress | null {
  return isIpAddress(text) ? ipaddr.process(withoutZone(text)) : null
}

function withoutZone(text: string): string {
  const zone = text.indexOf('%')
  return zone === -1 ? text : text.slice(0, zone)
}

/** Turns a network of IPv4-mapped addresses into the IPv4 network. */
function unmap(address: ParsedAddress, bits: number): [ParsedAddress, number] {
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_BITS
  return isMapped ? [address.toIPv4Address(), bits - MAPPED_BITS] : [address, bits]
}
