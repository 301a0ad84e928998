import Bowser from 'bowser'

const CLIENTS: readonly [RegExp, string][] = [
  [/^curl\//i, 'curl'],
  [/^Wget\//i, 'Wget'],
  [/^okhttp\//i, 'Android app (OkHttp)'],
  [/^python-requests\//i, 'Python'],
  [/^node$|^undici/i, 'Node.js'],
]

const KNOWN_NAMES = new Set([...Object.values(Bowser.BROWSER_MAP), ...Object.values(Bowser.OS_MAP)])

/** Names a device for people: "Chrome on Linux", "curl", "Unknown device". A hint from the client, never a proof. */
export function deviceLabel(userAgent: string | null): string {
  if (userAgent === null || userAgent.trim() === '') return 'Unknown device'
  const known = CLIENTS.find(([pattern]) => pattern.test(userAgent))
  if (known !== undefined) return known[1]
  const { browser, os } = Bowser.parse(userAgent)
  // For clients that it does not know, the parser gives what they call themselves: words of a stranger, in mails of ours.
  const parts = [browser.name, os.name].filter((part) => part !== undefined && KNOWN_NAMES.has(part))
  return parts.length > 0 ? parts.join(' on ') : 'Unknown device'
}
