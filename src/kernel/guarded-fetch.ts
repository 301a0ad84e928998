/*
 * Requests to URLs that others name, such as a provider in its discovery document. A request must not reach what only this machine
 * or its network can reach (SSRF, CWE-918; ASVS 1.3.6). The address that the socket connects to is checked, not the name: a
 * name can change its address between a check and the connection. Redirects are not followed, and answers are small. Global
 * `fetch` cannot check the address of its socket. Proven by src/kernel/guarded-fetch.test.ts.
 */
import { type LookupAddress, lookup } from 'node:dns'
import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { isIpAddress } from './ip-address.ts'
import { isProduction } from './origins.ts'

/** A request to a URL that others named. */
export interface GuardedRequest {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Sends a request. Rejects if the host does not answer, answers too much, or has an address that is not allowed. */
export type GuardedFetch = (url: string, request: GuardedRequest) => Promise<Response>

/** The time for one answer, in milliseconds. */
export const ANSWER_WITHIN_MS = 5_000
/** A discovery document has 3 KB, a set of keys up to 30 KB. */
const MAX_ANSWER_BYTES = 512 * 1024
/** Statuses whose responses have no body (WHATWG Fetch section 2.2.3). */
const NO_BODY: readonly number[] = [101, 103, 204, 205, 304]

/** What a guarded request may do. */
export interface GuardOptions {
  /** True: private addresses are allowed, and outside production all addresses and plain http. Default false. */
  readonly allowPrivate?: boolean
  /** Largest answer. Default 512 KB. */
  readonly maxBytes?: number
}

/** Creates the function that sends requests. */
export function createGuardedFetch({
  allowPrivate = false,
  maxBytes = MAX_ANSWER_BYTES,
}: GuardOptions = {}): GuardedFetch {
  const isAnyAllowed = allowPrivate && !isProduction()
  const ranges = allowPrivate ? PRIVATE_RANGES : PUBLIC_RANGES
  const options = { lookup: isAnyAllowed ? undefined : lookUpWithin(ranges) }
  const agents = { http: new HttpAgent(), https: new HttpsAgent() } // no socket of other code is used
  return async (url, { method = 'GET', headers = {}, body, signal = AbortSignal.timeout(ANSWER_WITHIN_MS) }) => {
    const target = new URL(url)
    const isHttps = target.protocol === 'https:'
    if (!isHttps && !(isAnyAllowed && target.protocol === 'http:')) throw new Error('The URL is without https')
    if (!isAnyAllowed && !mayBeReached(target, { allowPrivate })) throw refusedAddress(ranges)
    const sent: RequestOptions = {
      method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      signal,
      agent: isHttps ? agents.https : agents.http,
      ...options,
    }
    const answer = await send(isHttps ? requestHttps : requestHttp, target, sent, toText(body))
    return toResponse(answer, await readAll(answer, maxBytes))
  }
}

function send(
  request: typeof requestHttps,
  target: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request(target, options, resolve).on('error', reject).end(body)
  return promise
}

async function readAll(answer: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer) {
    length += chunk.byteLength
    if (length > maxBytes) throw new Error('The answer has too many bytes') // ends the loop, which closes the socket
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function toResponse({ statusCode = 502, headers }: IncomingMessage, body: Buffer<ArrayBuffer>): Response {
  const kept = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  return new Response(NO_BODY.includes(statusCode) ? null : body, { status: statusCode, headers: kept })
}

function toText(body: unknown): string | undefined {
  return body === undefined || body === null ? undefined : String(body)
}

type Ranges = readonly ReturnType<ipaddr.IPv4['range'] | ipaddr.IPv6['range']>[]

const PUBLIC_RANGES: Ranges = ['unicast']
/** Without loopback and link-local: there are services that trust everyone on the machine, such as the metadata of a cloud. */
const PRIVATE_RANGES: Ranges = ['unicast', 'private', 'uniqueLocal', 'carrierGradeNat']
/** First 3 bits of public addresses of IPv6 (2000::/3). Others may be another way to write one of IPv4, such as `::7f00:1`. */
const GLOBAL_IPV6 = 0b001

/** Returns false for a URL whose host is an address that is not allowed in production. A name is looked up with each request. */
export function mayBeReached(
  { hostname }: URL,
  { allowPrivate }: Required<Pick<GuardOptions, 'allowPrivate'>>,
): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  return !isIpAddress(host) || isWithin(host, allowPrivate ? PRIVATE_RANGES : PUBLIC_RANGES)
}

/** Looks up a name, and refuses it if any of its addresses is outside the ranges. */
function lookUpWithin(ranges: Ranges): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? []
      if (error !== null) return callback(error, '')
      if (first === undefined || !addresses.every(({ address }) => isWithin(address, ranges))) {
        return callback(refusedAddress(ranges), '')
      }
      if (options.all === true) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}

function isWithin(text: string, ranges: Ranges): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  const range = address.range()
  if (range === 'unicast' && address instanceof ipaddr.IPv6 && (address.parts[0] ?? 0) >> 13 !== GLOBAL_IPV6)
    return false
  return ranges.includes(range)
}

function refusedAddress(ranges: Ranges): Error {
  return new Error(
    ranges === PUBLIC_RANGES
      ? 'The host has a private address. For a provider that should, set allowPrivate (LATCHKEY_OIDC_ALLOW_PRIVATE=1, LATCHKEY_GITLAB_ALLOW_PRIVATE=1)'
      : 'The host has an address of this machine or of its link, which is not allowed in production',
  )
}
