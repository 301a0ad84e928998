/*
 * One call over HTTP: the request, the answer, and retries if the server asks for them. The client retries a request only
 * if that cannot do the work twice: reads, and requests refused with `too_many_requests` or `overloaded`, which the server
 * answers before it does anything. After `unavailable`, the work may be done: a commit can lose its answer.
 */

import type { RefusalCode } from '../catalogue/refusals.ts'
import type { ProblemJson } from '../kernel/wire.ts'
import { pageLocation } from './page-location.ts'
import type { ClientCode, Refused, Result } from './result.ts'
import { untilAborted } from './until-aborted.ts'

/** How a client reaches Latchkey. */
export interface ClientOptions {
  /** Origin of the service. Default: the origin of the page. Required outside a browser. */
  readonly baseUrl?: string | undefined
  /** Default: `/auth`. */
  readonly basePath?: string | undefined
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Headers of every request. A server that renders pages passes the `cookie` of the request that it answers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** `include` for a service on another origin, which must list the page's origin in `trustedOrigins`. Default: `same-origin`. */
  readonly credentials?: 'same-origin' | 'include' | undefined
  /** How many times the client retries a request if the service asks for it with `Retry-After`. Default: 2. */
  readonly maxRetries?: number | undefined
  /** The longest wait before a retry. If the service asks for more, the call returns the refusal at once. Default: 5. */
  readonly maxRetryWaitSeconds?: number | undefined
}

/** Origin and base path. On a page of the same origin, only the base path. */
export interface SendSettings extends ClientOptions {
  readonly authUrl: string
}

/** A request to send. */
export interface Outgoing {
  readonly method: string
  /** Below the base path, with its query. */
  readonly path: string
  /** JSON value. */
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

const NOTHING_DONE = ['too_many_requests', 'overloaded']

/**
 * Sends a request and reads the answer. A failure of the network is a result as well.
 * @throws the reason of the signal, and a TypeError for a URL or a body that cannot be sent.
 */
export async function send(settings: SendSettings, outgoing: Outgoing): Promise<Result<unknown>> {
  const { maxRetries = 2, maxRetryWaitSeconds = 5 } = settings
  const text = outgoing.body === undefined ? null : JSON.stringify(outgoing.body)
  for (let retries = 0; ; retries++) {
    const answer = await exchange(settings, outgoing, text)
    if ('ok' in answer) return answer
    const { response, json } = answer
    const retryAfterSeconds = readRetryAfter(response.headers)
    const wait = isRepeatable(outgoing.method, response.status, json) ? retryAfterSeconds : null
    if (retries >= maxRetries || wait === null || wait > maxRetryWaitSeconds) {
      return toResult(response, json, retryAfterSeconds)
    }
    await sleep(wait, outgoing.signal)
  }
}

async function exchange(
  { authUrl, fetch = globalThis.fetch, headers, credentials = 'same-origin' }: SendSettings,
  { method, path, signal }: Outgoing,
  body: string | null,
): Promise<{ response: Response; json: unknown } | Refused> {
  const url = authUrl + path
  try {
    const response = await fetch(url, {
      method,
      credentials,
      redirect: 'error', // Latchkey answers no call with a redirect, and another origin must not get the password
      ...(signal && { signal }),
      headers: body === null ? { ...headers } : { ...headers, 'content-type': 'application/json' },
      body,
    })
    return { response, json: readJson(response.headers, await response.text()) }
  } catch (cause) {
    signal?.throwIfAborted()
    if (!URL.canParse(url, pageLocation()?.href)) throw cause // a relative URL outside a browser
    const detail = 'Please check your connection and try again.'
    return failure('network_error', { status: 0, detail, retryAfterSeconds: null, cause })
  }
}

/** Returns the JSON of an answer, null if it is empty, and undefined if it has another type or is malformed. */
function readJson(headers: Headers, text: string): unknown {
  if (!/\bjson\b/.test(headers.get('content-type') ?? '')) return text === '' ? null : undefined
  try {
    return JSON.parse(text)
  } catch {
    return
  }
}

function isRepeatable(method: string, status: number, json: unknown): boolean {
  if (status !== 429 && status !== 503) return false
  return method === 'GET' || NOTHING_DONE.includes((json as Partial<ProblemJson> | null)?.code ?? '')
}

function toResult(response: Response, json: unknown, retryAfterSeconds: number | null): Result<unknown> {
  if (response.ok && json !== undefined) return { ok: true, data: json }
  const problem = json as ProblemJson | null | undefined // if it has a code
  if (response.ok || !problem?.code) return notFromLatchkey(response, retryAfterSeconds)
  const { status, title, detail, errors = [] } = problem
  const code = problem.code as RefusalCode // of this version; a newer server may have other codes
  return { ok: false, code, status, title, detail, errors, retryAfterSeconds }
}

/** Returns the result of a call whose answer does not come from Latchkey. */
function notFromLatchkey({ status, url }: Response, retryAfterSeconds: number | null): Refused {
  const detail = `${status} from ${url} is not an answer of Latchkey`
  return status < 500
    ? failure('unexpected_answer', { status, detail: `${detail}: are baseUrl and basePath right?`, retryAfterSeconds })
    : failure('network_error', { status, detail: `${detail}. Please try again later.`, retryAfterSeconds })
}

/** Returns the result of a call without an answer of Latchkey. Pages show its title. */
function failure(code: ClientCode, more: Pick<Refused, 'status' | 'detail' | 'retryAfterSeconds' | 'cause'>): Refused {
  return { ok: false, code, title: 'The service does not answer', errors: [], ...more }
}

/** Seconds or a date (RFC 9110 section 10.2.3). */
function readRetryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after')
  if (text === null) return null
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1_000
  return Number.isNaN(seconds) ? null : Math.max(0, seconds)
}

async function sleep(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, seconds * 1_000)
  })
  try {
    await untilAborted(over, signal)
  } finally {
    clearTimeout(timer)
  }
}
