/*
 * Redirect URIs (RFC 6749 section 3.1.2, RFC 9700 section 4.1, RFC 8252). They are compared as whole texts. A URI on the
 * loopback interface that is registered without a port accepts every port, because an app on the same device cannot choose one.
 * Proved by test/http/oauth-attacks.test.ts.
 */

/** Hosts of the same device (RFC 8252 section 7.3). */
const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost']
/** A scheme of an app: a reverse domain name (RFC 8252 section 7.1). */
const APP_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/
const MAX_LENGTH = 500

/** What `isRedirectUri` accepts. */
export const REDIRECT_URI_RULE =
  'must be an https URI, an http URI on the same device (http://127.0.0.1:4000/callback), or a URI of an app (com.example.app:/callback), without fragment, user or wildcard'

/** Returns true for a URI that may be registered. It must be written as browsers write it, so that it cannot be misread. */
export function isRedirectUri(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || text.length > MAX_LENGTH || !/^[\x21-\x7e]+$/.test(text)) return false
  if (text.includes('#') || text.includes('*') || text.includes('\\')) return false
  if (url.username !== '' || url.password !== '') return false
  if (url.href !== text && url.href !== `${text}/`) return false
  if (url.protocol === 'https:') return true
  if (url.protocol === 'http:') return isLoopback(url)
  return APP_SCHEME.test(url.protocol)
}

/** Returns true for a URL on the same device. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK_HOSTS.includes(hostname)
}

/** Returns true if a redirect URI of a request is one that the client registered. */
export function isRegistered(registered: readonly string[], given: string): boolean {
  return registered.includes(given) || registered.some((each) => isSameOnAnyPort(each, given))
}

function isSameOnAnyPort(registered: string, given: string): boolean {
  const [own, other] = [URL.parse(registered), URL.parse(given)]
  if (own === null || other === null || own.protocol !== 'http:' || own.port !== '' || !isLoopback(own)) return false
  const host = `http://${own.host}`
  if (!registered.startsWith(host)) return false
  const rest = registered.slice(host.length)
  const { port } = other
  return port !== '' && given === `${host}:${port}${rest}`
}

/**
 * Returns true if another program of the same device can receive the answer at this redirect URI: it has the scheme of an app, or a
 * port that the program chose (RFC 8252 section 8.6).
 */
export function isUnprovenApp(registered: readonly string[], given: string): boolean {
  return !given.startsWith('http') || !registered.includes(given)
}

/** Returns where a redirect URI leads, for people: its host, or the scheme of an app. */
export function redirectHost(uri: string): string {
  const url = URL.parse(uri)
  if (url === null) return ''
  return url.host === '' ? url.protocol.slice(0, -1) : url.host
}
