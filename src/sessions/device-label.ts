import Bowser from 'bowser'

const CLIENTS: readonly [RegExp, string][] = [
  [/^curl\//i, 'curl'],
  [/^Wget\//i, 'Wget'],
  [/^okhttp\//i, 'Android app (OkHttp)'],
  [/^python-requests\//i, 'Python'],
  [/^node$|^undici/i, 'Node.js'],
]

const KNOWN_NAMES = new Set([...Object.values(Bowser.BROWSER_MAP), ...Object.values(Bowser.OS_MAP)])

/**
 * Returns a name of a device for people: "Chrome on Linux", "curl", "Unknown device". It comes from the client, so it proves
 * nothing.
 */
export function deviceLabel(userAgent: string | null): string {
  if (userAgent === null || userAgent.trim() === '') return 'Unknown device'
  const known = CLIENTS.find(([pattern]) => pattern.test(userAgent))
  if (known !== undefined) return known[1]
  const { browser, os } = Bowser.parse(userAgent)
  // For unknown clients the parser returns their own words. Our emails must not contain words of an attacker.
  const parts = [browser.name, os.name].filter((part) => part !== undefined && KNOWN_NAMES.has(part))
  return parts.length > 0 ? parts.join(' on ') : 'Unknown device'
}
