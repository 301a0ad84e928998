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
  /** True: private and loopback addresses are allowed, and plain http. Default false. */
  readonly allowPrivate?: boolean
  /** Largest answer. Default 512 KB. */
  readonly maxBytes?: number
}

/** Creates the function that sends requests. */
export function createGuardedFetch({
  allowPrivate = false,
  maxBytes = MAX_ANSWER_BYTES,
}: GuardOptions = {}): GuardedFetch {
  const options = { lookup: allowPrivate ? undefined : lookUpPublic }
  const agents = { http: new HttpAgent(), https: new HttpsAgent() } // no socket of other code is used
  return async (url, { method = 'GET', headers = {}, body, signal = AbortSignal.timeout(ANSWER_WITHIN_MS) }) => {
    const target = new URL(url)
    const isHttps = target.protocol === 'https:'
    if (!isHttps && !(allowPrivate && target.protocol === 'http:')) throw new Error('The URL is without https')
    if (!allowPrivate) refusePrivateHost(target.hostname)
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

/** A host that is an address is never looked up. */
function refusePrivateHost(hostname: string): void {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIpAddress(host) && !isPublic(host)) throw new PrivateAddress()
}

/** Looks up a name, and refuses it if any of its addresses is not public. */
const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? []
    if (error !== null) return callback(error, '')
    if (first === undefined || !addresses.every(({ address }) => isPublic(address))) {
      return callback(new PrivateAddress(), '')
    }
    if (options.all === true) return callback(null, addresses)
    callback(null, first.address, first.family)
  })
}

/** Returns true for an address of the public internet. */
function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'
}

/** The host has an address that the service must not connect to. */
class PrivateAddress extends Error {
  constructor() {
    super(
      'The host has a private address. For a provider that should, set allowPrivate (LATCHKEY_OIDC_ALLOW_PRIVATE=1)',
    )
  }
}
