/// <reference lib="dom" />
/*
 * Every state of the preview in Chromium, light and dark, on a phone, at 320 pixels, on a desktop and at 200 % zoom: axe-core,
 * contrast of controls, policy, console, layout shifts, size, one heading, no sideways scrolling, also with very long words.
 * `SCREENSHOTS=screenshots` keeps a picture of each.
 */
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPreviewSite, type PreviewSite } from '../src/cli/preview/preview-site.ts'
import { STATES } from '../src/cli/preview/states.ts'
import { LANGUAGES, type Language } from '../src/kernel/language.ts'
import { launchChromium } from './support/chromium.ts'

const MAX_BYTES = 15_000
/** The pages for developers contain documentation. */
const MAX_DOCUMENT_BYTES = 30_000
const DOCUMENTS = /^(?:reference|problem)/
/** Desktop, desktop at 200 % zoom, phone, and the narrowest screen that WCAG 2.2 section 1.4.10 names. */
const WIDTHS = [1280, 640, 390, 320]

let server: Server
let site: PreviewSite
let browser: Browser
let origin: string
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
  site = createPreviewSite({ siteName: 'Acme' }, origin)
  const listener = getRequestListener(async ({ url }) => {
    const { pathname, searchParams } = new URL(url)
    const state = STATES.find(({ name }) => pathname === `/show/${name}`)
    const language = LANGUAGES.find((each) => each === searchParams.get('lang')) ?? 'en'
    if (state === undefined) return site.file(pathname)
    const answer = await site.show(state, language)
    return searchParams.has('slow') ? inParts(answer) : answer
  })
  server.on('request', listener)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  server.close()
  await site.close()
})

/** Answers with the same document in parts, each a few frames after the one before. */
async function inParts(answer: Response): Promise<Response> {
  const document = Buffer.from(await answer.arrayBuffer())
  const size = Math.ceil(document.length / 6)
  async function* parts(): AsyncGenerator<Buffer> {
    for (let start = 0; start < document.length; start += size) {
      yield document.subarray(start, start + size)
      await setTimeout(50) // Chromium paints meanwhile
    }
  }
  const headers = [...answer.headers].filter(([name]) => name !== 'content-length')
  // The types of the browser know no iterable as a body; Node does (BodyInit of undici).
  return new Response(parts() as unknown as ReadableStream, { status: answer.status, headers })
}

/** Opens every state and returns the problems that `look` and the browser find. */
async function openAll(
  languageOf: (index: number) => Language,
  look: (page: Page, name: string) => Promise<readonly string[]>,
  { needsAxe }: { readonly needsAxe: boolean },
): Promise<string[]> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const problems: string[] = []
  let name = ''
  const add = (problem: string): number => problems.push(`${name}: ${problem}`)
  page.on('console', (message) => {
    const isStatus = message.text().startsWith('Failed to load resource: the server responded with a status of 4')
    // Chromium's advice to developers; and a page whose focus `examineControls` took before the page did.
    const isHint = message.type() === 'debug' || /^(?:\[DOM\]|Autofocus processing)/.test(message.text())
    if (!isStatus && !isHint) add(message.text())
  })
  page.on('pageerror', (error) => add(error.message))
  page.on('request', (request) => request.url().startsWith(origin) || add(`requests ${request.url()}`))
  if (needsAxe) await page.addInitScript(axe.source)
  await page.addInitScript(observeShifts)
  for (const [index, state] of STATES.entries()) {
    name = state.name
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.setViewportSize({ width: 390, height: 844 })
    const answer = await page.goto(`${origin}/show/${name}?lang=${languageOf(index)}`)
    const text = (await answer?.text()) ?? ''
    const size = Buffer.byteLength(text.replace(/<svg xmlns.*?<\/svg>/s, '')) // without the QR code
    if (size > (DOCUMENTS.test(name) ? MAX_DOCUMENT_BYTES : MAX_BYTES)) add(`${size} bytes`)
    for (const problem of await look(page, name)) add(problem)
  }
  await context.close()
  return problems
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

/** Runs in the page before its own scripts. */
function observeShifts(): void {
  Object.assign(globalThis, { shift: 0 })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) Object.assign(globalThis, { shift: entry.startTime })
  }).observe({ type: 'layout-shift', buffered: true })
}

describe('every state of every page', () => {
  test('does not move while it arrives in parts', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    await page.addInitScript(observeShifts)
    const moved: string[] = []
    for (const name of ['security-removal', 'apps', 'problem-index']) {
      await page.goto(`${origin}/show/${name}?slow`)
      // Layout shifts are reported with the frame after them.
      const shift = await page.evaluate(async () => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
        return (globalThis as unknown as { readonly shift: number }).shift
      })
      if (shift !== 0) moved.push(name)
    }
    await page.close()
    expect(moved).toEqual([])
  })

  test('is accessible and readable, light and dark, at every width, still, and without complaints', async () => {
    const problems = await openAll(
      () => 'en',
      async (page, name) => {
        const found = [...(await page.evaluate(examineDocument)), ...(await page.evaluate(examineControls))]
        found.push(...(await page.evaluate(runAxe, null)))
        await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 844 })
          await shoot(page, `${name}-${width}-light`)
          found.push(...(await page.evaluate(measureWidth)))
        }
        found.push(...(await page.evaluate(findBrokenWords)))
        await page.emulateMedia({ colorScheme: 'dark' })
        found.push(...(await page.evaluate(examineControls)), ...(await page.evaluate(runAxe, ['color-contrast'])))
        await shoot(page, `${name}-320-dark`)
        found.push(...(await page.evaluate(lengthenWords)))
        return found
      },
      { needsAxe: true },
    )
    expect(problems).toEqual([])
  }, 300_000)

  test('does not scroll sideways and breaks no word in another language', async () => {
    const others = LANGUAGES.filter((language) => language !== 'en')
    const languageOf = (index: number): Language => others[index % others.length] ?? 'en'
    const problems = await openAll(
      languageOf,
      async (page, name) => {
        await shoot(page, `${name}-390-other`)
        await page.setViewportSize({ width: 320, height: 844 })
        return [...(await page.evaluate(measureWidth)), ...(await page.evaluate(findBrokenWords))]
      },
      { needsAxe: false },
    )
    expect(problems).toEqual([])
  }, 300_000)
})

/** Runs in the page. Returns what axe-core finds. Null: all rules. */
async function runAxe(rules: string[] | null): Promise<string[]> {
  interface Axe {
    run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
  }
  const { axe: loaded } = globalThis as unknown as { readonly axe: Axe } // axe-core defines it
  const { violations } = await loaded.run({
    resultTypes: ['violations'],
    selectors: false,
    ...(rules === null ? {} : { runOnly: rules }),
  })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Runs in the page. Returns an error if it scrolls sideways. */
function measureWidth(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement
  return scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} of ${clientWidth} pixels`] : []
}

/** Runs in the page. Returns short words that are broken into two lines: there is too little room for them. */
function findBrokenWords(): string[] {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  const broken: string[] = []
  while (texts.nextNode()) {
    const { currentNode: node } = texts
    for (const { index, 0: word } of (node.textContent ?? '').matchAll(/(?<=^|\s)\p{L}{2,10}(?=[\s.,:;?!]|$)/gu)) {
      range.setStart(node, index)
      range.setEnd(node, index + word.length)
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)))
      if (lines.size > 1) broken.push(`breaks the word ${word}`)
    }
  }
  return broken
}

/** Runs in the page. Adds a word of 60 characters to every text. Returns an error if the page then scrolls sideways. */
function lengthenWords(): string[] {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const { parentElement, nodeValue } = texts.currentNode
    if (nodeValue?.trim() && parentElement?.closest('pre,script') === null)
      texts.currentNode.nodeValue += 'W'.repeat(60)
  }
  const { scrollWidth, clientWidth } = document.documentElement
  return scrollWidth > clientWidth ? [`scrolls sideways with long words: ${scrollWidth} pixels`] : []
}

/** Runs in the page. Returns what is wrong with its headings, and whether it moved after the first paint. */
function examineDocument(): string[] {
  const { shift } = globalThis as unknown as { readonly shift: number } // the first script of the page sets it
  const headings = document.querySelectorAll('h1').length
  const described = [...document.querySelectorAll('.field .hint[id],.field .error[id]')]
  const untied = described.filter(({ id }) => document.querySelector(`[aria-describedby~="${id}"]`) === null)
  const fields = [...document.querySelectorAll('main input:not([type=hidden],[type=checkbox],[readonly])')]
  // The page that confirms another address must not tell its reader the address of the account.
  const forms = [...document.forms].filter(({ action }) => !action.endsWith('/email/change/confirm'))
  const isNameless = (form: HTMLFormElement): boolean =>
    form.querySelector('[type=password]') !== null && form.querySelector('[autocomplete~=username]') === null
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
  return [
    ...untied.map(({ id }) => `no field is described by ${id}`),
    ...fields.filter((field) => !field.hasAttribute('autocomplete')).map((field) => `${field.id} has no autocomplete`),
    ...forms.filter(isNameless).map(({ action }) => `a password manager finds no username in the form of ${action}`),
    ...(new Set(ids).size === ids.length ? [] : [`an id twice: ${ids.join(' ')}`]),
    ...(headings === 1 ? [] : [`${headings} headings`]),
    ...(shift === 0 ? [] : [`moves after ${Math.round(shift)} ms`]),
  ]
}

/** Runs in the page. Returns what is wrong with the edges, the rings and the height of its controls. */
function examineControls(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgba = (color: string): readonly number[] => {
    if (canvas === null) throw new Error('There is no canvas')
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = rgba(color).map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const contrast = (one: string, other: string): number => {
    const pair = [luminance(one), luminance(other)]
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)
  }
  const behind = (element: Element | null): string => {
    if (element === null) return 'white'
    const { backgroundColor } = getComputedStyle(element)
    return rgba(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor
  }
  /** The edge and the ring of a control have 3:1 (WCAG 2.2 section 1.4.11), and it is 24 pixels high (2.5.8). */
  const check = (control: HTMLElement): string[] => {
    const ground = behind(control.parentElement)
    const { borderTopColor, backgroundColor, height } = getComputedStyle(control)
    const edge = Math.max(contrast(borderTopColor, ground), contrast(backgroundColor, ground))
    control.focus()
    const { outlineColor, outlineStyle } = getComputedStyle(control)
    const ring = outlineStyle === 'none' ? 1 : contrast(outlineColor, ground)
    const isSeen = !control.matches(':focus-visible') || ring >= 3
    const name = control.outerHTML.slice(0, 80)
    return [
      ...(edge >= 3 ? [] : [`${name} has an edge of ${edge.toFixed(2)}:1`]),
      ...(isSeen ? [] : [`${name} has a ring of ${ring.toFixed(2)}:1`]),
      ...(Number.parseFloat(height) >= 24 ? [] : [`${name} is ${height} high`]),
    ]
  }
  const controls = 'input:not([type=checkbox],[type=radio],[type=hidden]),select,button:not(.eye),.button'
  const visible = [...document.querySelectorAll<HTMLElement>(controls)].filter((each) => each.checkVisibility())
  return visible.flatMap(check)
}
