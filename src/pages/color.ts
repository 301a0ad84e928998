/* Colours of the brand: contrast as WCAG 2.2 defines it, and the nearest shade that is readable. */

/** A colour in sRGB, each channel 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** The least contrast of text (WCAG 2.2 success criterion 1.4.3). */
export const LEAST_CONTRAST = 4.5

const STEPS = 200

/** Parses `#rgb` or `#rrggbb`. Returns null for any other text. */
export function parseColor(text: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text)
  const digits =
    short === null
      ? text
      : `#${short
          .slice(1)
          .map((digit) => digit + digit)
          .join('')}`
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(digits)
  if (long === null) return null
  const [red = 0, green = 0, blue = 0] = long.slice(1).map((pair) => Number.parseInt(pair, 16))
  return [red, green, blue]
}

/** Returns a colour as `#rrggbb`. */
export function toHex(color: Rgb): string {
  return `#${color.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`
}

/** Returns the contrast of two colours, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((left, right) => right - left) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

/** Returns the nearest shade between a colour and `towards` that has enough contrast with each ground. */
export function nearestReadable(color: Rgb, towards: Rgb, grounds: readonly Rgb[], least: number): Rgb {
  for (let step = 0; step < STEPS; step++) {
    const shade = mix(color, towards, step / STEPS)
    if (grounds.every((ground) => contrast(shade, ground) >= least)) return shade
  }
  return towards
}

/** Mixes two colours; a share of 1 is the second one. The channels are whole numbers, as in `#rrggbb`. */
export function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const [red, green, blue] = one.map((channel, index) => Math.round(channel + ((other[index] ?? 0) - channel) * share))
  return [red ?? 0, green ?? 0, blue ?? 0]
}

function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
