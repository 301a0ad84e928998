/*
 * Requests to providers. A provider names URLs in its discovery document, so a request must not reach what only this machine
 * or its network can reach (SSRF, CWE-918; ASVS 1.3.6). The address that the socket connects to is checked, not the name: a
 * name can change its address between a check and the connection. Redirects are not followed, and answers are small. Global
 * `fetch` cannot check the address of its socket. Proven by test/providers-down.test.ts.
 */
import { type LookupAddress, lookup } from 'node:dns'
import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** A request to a provider. */
export interface ProviderRequest {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Sends a request to a provider. Rejects if it does not answer, answers too much, or has an address that is not allowed. */
export type ProviderFetch = (url: string, request: ProviderRequest) => Promise<Response>

/** The time for one answer, in milliseconds. */
export const ANSWER_WITHIN_MS = 5_000
/** A discovery document has 3 KB, a set of keys up to 30 KB. */
const MAX_ANSWER_BYTES = 512 * 1024
/** Statuses whose responses have no body (WHATWG Fetch section 2.2.3). */
const NO_BODY: readonly number[] = [101, 103, 204, 205, 304]

/**
 * Creates the function that sends requests to a provider.
 * @param allowPrivate true: private and loopback addresses are allowed, and plain http. Default false.
 */
export function createGuardedFetch(allowPrivate: boolean): ProviderFetch {
  const options = { lookup: allowPrivate ? undefined : lookUpPublic }
  const agents = { http: new HttpAgent(), https: new HttpsAgent() } // no socket of other code is used
  return async (url, { method = 'GET', headers = {}, body, signal = AbortSignal.timeout(ANSWER_WITHIN_MS) }) => {
    const target = new URL(url)
    const isHttps = target.protocol === 'https:'
    if (!isHttps && !(allowPrivate && target.protocol === 'http:'))
      throw new Error('The provider has a URL without https')
    if (!allowPrivate) refusePrivateHost(target.hostname)
    const sent: RequestOptions = {
      method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      signal,
      agent: isHttps ? agents.https : agents.http,
      ...options,
    }
    const answer = await send(isHttps ? requestHttps : requestHttp, target, sent, toText(body))
    return toResponse(answer, await readAll(answer))
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

async function readAll(answer: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer) {
    length += chunk.byteLength
    if (length > MAX_ANSWER_BYTES) throw new Error('The provider sent too many bytes') // ends the loop, which closes the socket
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
  if (isIP(host) !== 0 && !isPublic(host)) throw new PrivateAddress()
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

/** The provider has an address that the service must not connect to. */
class PrivateAddress extends Error {
  constructor() {
    super('The provider has a private address. If it should, set allowPrivate (LATCHKEY_OIDC_ALLOW_PRIVATE=1)')
  }
}
