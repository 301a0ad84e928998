import { type BrandFile, readBrandCss, readBrandFile } from './brand-file.ts'
import type { BrandSettings } from './brand-settings.ts'
import { contrast, LEAST_CONTRAST, mix, nearestReadable, parseColor, type Rgb, toHex } from './color.ts'

/** The brand, ready for pages and emails. URLs of files are paths on this service. */
export interface Brand {
  readonly logo: string | null
  readonly logoDark: string | null
  readonly icon: string | null
  readonly colors: BrandColors
  readonly radius: number
  readonly home: string | null
  readonly terms: string | null
  readonly privacy: string | null
  readonly support: string | null
  readonly css: string
  /** The files that the URLs lead to. */
  readonly files: readonly BrandFile[]
}

/** The colour of the brand and the colour of text on it, on light and on dark screens. */
export interface BrandColors {
  readonly light: string
  readonly onLight: string
  readonly dark: string
  readonly onDark: string
}

const WHITE: Rgb = [255, 255, 255]
const BLACK: Rgb = [0, 0, 0]
const LIGHT_GROUNDS: readonly Rgb[] = [WHITE, [0xf6, 0xf7, 0xf9]]
const DARK_GROUNDS: readonly Rgb[] = [
  [0x17, 0x1b, 0x22],
  [0x0e, 0x11, 0x16],
]
/** Contrast of the computed colour with a dark ground. */
const DARK_CONTRAST = 7

/** Reads the files of the brand. `basePath` is the path of all routes. */
export function createBrand(settings: BrandSettings, basePath: string): Brand {
  const { color, radius, css } = settings
  const files: BrandFile[] = []
  const urlOf = (key: 'logo' | 'logoDark' | 'icon'): string | null => {
    const path = settings[key]
    if (path === undefined) return null
    const file = readBrandFile(key, path)
    files.push(file)
    return `${basePath}/brand/${file.name}`
  }
  const urls = { logo: urlOf('logo'), logoDark: urlOf('logoDark'), icon: urlOf('icon') }
  return {
    ...urls,
    colors: brandColors(color),
    radius,
    home: settings.home ?? null,
    terms: settings.terms ?? null,
    privacy: settings.privacy ?? null,
    support: settings.support ?? null,
    css: css === undefined ? '' : readBrandCss(css),
    files,
  }
}

/** Returns the colours for light and dark screens. */
export function brandColors(color: string): BrandColors {
  const light = parseColor(color) ?? BLACK
  const dark = nearestReadable(light, WHITE, DARK_GROUNDS, DARK_CONTRAST)
  const onDark = nearestReadable(mix(dark, BLACK, 0.8), BLACK, [dark], DARK_CONTRAST)
  return { light: toHex(light), onLight: '#ffffff', dark: toHex(dark), onDark: toHex(onDark) }
}

/** Returns why a colour cannot be the brand's colour, with the nearest one that can; null if it can. */
export function findColorProblem(color: string): string | null {
  const parsed = parseColor(color)
  if (parsed === null) return `brand.color "${color}" must be a colour such as #2450c8`
  const least = Math.min(...LIGHT_GROUNDS.map((ground) => contrast(parsed, ground)))
  if (least >= LEAST_CONTRAST) return null
  const nearest = toHex(nearestReadable(parsed, BLACK, LIGHT_GROUNDS, LEAST_CONTRAST))
  const ratio = Math.floor(least * 100) / 100
  return `brand.color ${color} has a contrast of ${ratio}:1 with the page, and text needs ${LEAST_CONTRAST}:1: the nearest colour that is readable is ${nearest}`
}

/** Returns the variables of the brand as CSS, for light and dark screens. */
export function brandVariables({ colors: { light, onLight, dark, onDark }, radius }: Brand): string {
  return `:root{--brand:${light};--on-brand:${onLight};--radius:${radius}px}@media (prefers-color-scheme:dark){:root{--brand:${dark};--on-brand:${onDark}}}`
}
