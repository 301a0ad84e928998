/*
 * Files of the brand. They are read once, at start, and served under a name that contains their hash. An SVG is a document
 * that can run scripts and load other files, so one that does is refused, and all are served with a policy that forbids it.
 */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { BrandSettings } from './brand-settings.ts'

/** A file of the brand, ready to be served. */
export interface BrandFile {
  /** Name with the hash of the content: `logo-3f2a91c04d5e.svg`. */
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

const TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
}
const MAX_IMAGE_BYTES = 100_000
const MAX_CSS_BYTES = 10_000
const IMAGES = ['logo', 'logoDark', 'icon'] as const

/** Parts of an SVG that run, load or contain other documents. In the text that is tested, every blank is one space. */
const ACTIVE_SVG = [
  [/<\s*(?:[\w-]+:)?(?:script|foreignObject|iframe|embed|object|audio|video|handler|listener)\b/i, 'an active element'],
  [/[\s"'/]on[a-z]+\s*=/i, 'an event handler'],
  [/<!(?:DOCTYPE|ENTITY)/i, 'a document type'],
  [/(?:href|src) ?= ?["']? ?(?!#|data:image\/(?:png|jpeg|webp|gif)[;,])[^\s"'>]/i, 'a reference to another file'],
  [/url\( ?["']? ?(?!#|data:image\/(?:png|jpeg|webp|gif)[;,])[^\s"')]/i, 'a reference to another file'],
  [/@import|<\?xml-stylesheet/i, 'a style sheet of another file'],
] as const

/** An attribute of an animation, and an address; together in one element they are a reference that changes. */
const ANIMATED = / (?:from|to|by|values) ?=/i
const ADDRESS = /(?:javascript|data|https?) ?:/i

/**
 * Reads a file of the brand.
 * @throws Error that names the file, the problem and the solution.
 */
export function readBrandFile(key: (typeof IMAGES)[number], path: string): BrandFile {
  const extension = extname(path).toLowerCase()
  const type = TYPES[extension]
  if (type === undefined) throw new Error(`brand.${key} "${path}" must be one of ${Object.keys(TYPES).join(', ')}`)
  const bytes = read(`brand.${key}`, path, MAX_IMAGE_BYTES)
  if (extension === '.svg') refuseActiveSvg(key, path, bytes)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  return { name: `${key}-${hash}${extension}`, type, bytes }
}

/**
 * Reads the style sheet of the brand.
 * @throws Error if it is too large or could leave its element.
 */
export function readBrandCss(path: string): string {
  const text = new TextDecoder().decode(read('brand.css', path, MAX_CSS_BYTES))
  if (/<\/style|<!--|@import/i.test(text))
    throw new Error(`brand.css "${path}" must not contain </style, <!-- or @import`)
  return text
}

/** Returns what is wrong with the files of the brand, or null. */
export function findAssetProblem(settings: BrandSettings): string | null {
  try {
    for (const key of IMAGES) {
      const path = settings[key]
      if (path !== undefined) readBrandFile(key, path)
    }
    if (settings.css !== undefined) readBrandCss(settings.css)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function read(setting: string, path: string, maxBytes: number): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = new Uint8Array(readFileSync(path))
  } catch (error) {
    throw new Error(`${setting} "${path}" cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (bytes.byteLength > maxBytes) throw new Error(`${setting} "${path}" must have at most ${maxBytes} bytes`)
  return bytes
}

function refuseActiveSvg(key: string, path: string, bytes: Uint8Array): void {
  if (!isUtf8(bytes) || bytes.includes(0)) throw new Error(`brand.${key} "${path}" must be an SVG in UTF-8`)
  const text = decodeEntities(new TextDecoder().decode(bytes)).replaceAll(/\s+/g, ' ')
  const [, found] = ACTIVE_SVG.find(([pattern]) => pattern.test(text)) ?? []
  const problem = found ?? (hasAnimatedReference(text) ? 'an animated reference' : undefined)
  if (problem !== undefined) throw new Error(`brand.${key} "${path}" contains ${problem}: remove it from the SVG`)
}

function hasAnimatedReference(text: string): boolean {
  return text.split('>').some((element) => {
    const start = element.search(ANIMATED)
    return start !== -1 && ADDRESS.test(element.slice(start))
  })
}

/** An attribute can hide its value behind character references. */
function decodeEntities(text: string): string {
  return text
    .replace(/&#x([0-9a-f]{1,6});?/gi, (_, digits: string) => characterOf(Number.parseInt(digits, 16)))
    .replace(/&#([0-9]{1,7});?/g, (_, digits: string) => characterOf(Number(digits)))
    .replace(/&colon;/gi, ':')
}

function characterOf(codePoint: number): string {
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : ''
}
