import Bowser from 'bowser'
import { createBoundedMap } from '../kernel/bounded-map.ts'

const CLIENTS: readonly [RegExp, string][] = [
  [/^curl\//i, 'curl'],
  [/^Wget\//i, 'Wget'],
  [/^okhttp\//i, 'Android app (OkHttp)'],
  [/^python-requests\//i, 'Python'],
  [/^node$|^undici/i, 'Node.js'],
]

/** Parts by user agent. Computing them takes 30 µs, and the entries of a list have few different ones. */
const parts = createBoundedMap<string, readonly string[]>(1_000)

const KNOWN_NAMES = new Set([...Object.values(Bowser.BROWSER_MAP), ...Object.values(Bowser.OS_MAP)])

/** The label of a device whose user agent says nothing. */
export const UNKNOWN_DEVICE = 'Unknown device'

/**
 * Returns the names of a browser and a system, or of a program: `['Chrome', 'Linux']`, `['curl']`, `[]`. They come from the
 * client, so they prove nothing. For unknown clients the parser returns their own words: our emails must not contain words
 * of an attacker.
 */
export function deviceParts(userAgent: string | null): readonly string[] {
  if (userAgent === null || userAgent.trim() === '') return []
  const cached = parts.get(userAgent)
  if (cached !== undefined) return cached
  const computed = computeParts(userAgent)
  parts.set(userAgent, computed)
  return computed
}

function computeParts(userAgent: string): readonly string[] {
  const known = CLIENTS.find(([pattern]) => pattern.test(userAgent))
  if (known !== undefined) return [known[1]]
  const { browser, os } = Bowser.parse(userAgent)
  return [browser.name, os.name].filter((part): part is string => part !== undefined && KNOWN_NAMES.has(part))
}

/** Returns a name of a device for people: "Chrome on Linux", "curl", "Unknown device". It proves nothing. */
export function deviceLabel(userAgent: string | null): string {
  return deviceParts(userAgent).join(' on ') || UNKNOWN_DEVICE
}
