import { parseIpNetwork } from '../kernel/ip-address.ts'
import { isLocalOrigin } from '../kernel/origins.ts'
import type { CompleteOptions } from './options.ts'

/** Public IP addresses far from each other. No proxy's network contains two of them. */
const FAR_APART = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '151.101.1.1',
  '193.0.6.139',
  '223.5.5.5',
  '2001:4860::8888',
  '2606:4700::1111',
  '2a00:1450::1',
]

const ALONE_MIN_LENGTH = 15

/** Returns a warning for each option that is allowed but takes away a protection (CWE-1188). */
export function risksOf(options: CompleteOptions): readonly string[] {
  const { baseUrl, trustProxy, trustedOrigins } = options
  return [
    ...wideProxies(trustProxy).map(trustsEveryone),
    ...plainOrigins(baseUrl, trustedOrigins).map(isPlain),
    ...shortPasswords(options),
  ]
}

/** A password that is the only factor has at least 15 characters (NIST SP 800-63B-4 section 3.1.1.2). */
function shortPasswords({ password: { minLength }, secondFactor }: CompleteOptions): readonly string[] {
  if (minLength >= ALONE_MIN_LENGTH || secondFactor === 'required') return []
  return [
    `password.minLength is ${minLength}, and a password alone logs a user in. Require at least ${ALONE_MIN_LENGTH} characters, or a second factor: secondFactor "required" (LATCHKEY_SECOND_FACTOR).`,
  ]
}

function wideProxies(trustProxy: CompleteOptions['trustProxy']): readonly string[] {
  if (typeof trustProxy === 'number') return []
  return trustProxy.filter((cidr) => {
    const network = parseIpNetwork(cidr)
    return FAR_APART.filter((address) => network?.contains(address)).length > 1
  })
}

function trustsEveryone(cidr: string): string {
  return `trustProxy (LATCHKEY_TRUST_PROXY) contains ${cidr}, so any client counts as a proxy and can write any IP address in X-Forwarded-For: limits by network protect nothing. Name the networks of your proxies, or their number.`
}

/** Returns the origins without TLS. Pages of this machine have none either, but no one on the network can change them. */
function plainOrigins(baseUrl: string, trustedOrigins: readonly string[]): readonly string[] {
  if (new URL(baseUrl).protocol !== 'https:') return []
  return trustedOrigins.filter((origin) => origin.startsWith('http:') && !isLocalOrigin(new URL(origin)))
}

function isPlain(origin: string): string {
  return `trustedOrigins (LATCHKEY_TRUSTED_ORIGINS) contains ${origin}, which has no TLS: an attacker on the network of a user can change its pages, and these may call this service as the user. Use https.`
}
