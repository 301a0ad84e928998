/*
 * A browser that says "same origin" while Origin or a proxy names another origin shows that `baseUrl` is wrong: the public
 * origin of this server is not the configured one (CWE-1188). Links in emails and cookies would be wrong as well.
 * Proven by test/http/misdirected.test.ts.
 */
import type { HeaderReader } from '../kernel/header-reader.ts'
import { Refusal } from '../kernel/refusal.ts'
import { Warning } from '../kernel/warning.ts'

/** Schemes that proxies report for WebSockets, as those of HTTP. */
const HTTP_SCHEMES: Readonly<Record<string, string>> = { ws: 'http', wss: 'https' }

/**
 * Refuses a request that a page of the same origin sent, if a header contradicts the base URL. `Origin: null` says nothing.
 * @param own the origin of the base URL.
 * @throws Refusal `misdirected`; its reason has the value of the header, its detail only the name.
 */
export function refuseMisdirected(header: HeaderReader, own: string): void {
  if (header('sec-fetch-site') === 'same-origin') refuseContradiction(header, own)
}

function refuseContradiction(header: HeaderReader, own: string): void {
  const base = new URL(own)
  const origin = header('origin') ?? null
  if (origin !== null && origin !== 'null' && origin !== own) throw misdirected('Origin', origin, own)
  for (const [name, read] of FORWARDED) {
    const text = header(name) ?? null
    if (text === null) continue
    const { host, scheme } = read(text)
    if ((host !== null && !isHostOf(base, host)) || (scheme !== null && !isSchemeOf(base, scheme)))
      throw misdirected(name, text, own)
  }
}

/** Creates the function that reports the first refusal `misdirected` of a process, for operators. */
export function reportMisdirectedOnce(
  report: (error: unknown, requestId: string) => void,
): (refusal: Refusal, requestId: string) => void {
  let isReported = false
  return ({ detail, reason }, requestId) => {
    if (!isReported) report(new Warning(`${detail} (${reason})`), requestId)
    isReported = true
  }
}

/** Host and scheme as a proxy reports them; null if it does not. */
interface Forwarded {
  readonly host: string | null
  readonly scheme: string | null
}

/** The headers in which proxies report the host and the scheme. The first entry of a list is the one of the client. */
const FORWARDED: readonly (readonly [string, (text: string) => Forwarded])[] = [
  ['X-Forwarded-Host', (text) => ({ host: first(text), scheme: null })],
  ['X-Forwarded-Proto', (text) => ({ host: null, scheme: first(text) })],
  ['Forwarded', readForwarded],
]

function first(list: string): string | null {
  const [entry = ''] = list.split(',', 1)
  return unquote(entry.trim()) || null
}

/** Reads `host` and `proto` of the first entry (RFC 7239 section 4). */
function readForwarded(text: string): Forwarded {
  const [entry = ''] = text.split(',', 1)
  const pairs = entry.split(';').map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=')
    return [name.trim().toLowerCase(), unquote(value.join('=').trim())]
  })
  const values = new Map(pairs)
  return { host: values.get('host') || null, scheme: values.get('proto') || null }
}

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

/** Compares the port only if the header has one: many proxies leave it out. */
function isHostOf(base: URL, text: string): boolean {
  const url = URL.parse(`${base.protocol}//${text}`)
  if (url === null || url.hostname !== base.hostname) return false
  return url.port === base.port || !/:\d+$/.test(text)
}

function isSchemeOf(base: URL, text: string): boolean {
  const scheme = text.toLowerCase()
  return `${HTTP_SCHEMES[scheme] ?? scheme}:` === base.protocol
}

function misdirected(name: string, value: string, own: string): Refusal {
  return new Refusal('misdirected', {
    detail: `The header ${name} names another origin than ${own}, the base URL of this service. Set baseUrl (LATCHKEY_BASE_URL) to the origin that browsers see, or correct the proxy.`,
    reason: `${name}: ${value.slice(0, 200)}`,
  })
}
