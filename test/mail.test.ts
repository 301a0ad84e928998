/// <reference lib="dom" />
/* Emails as Chromium shows them: on a phone and on a desktop, light and dark. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES } from '../src/kernel/language.ts'
import { brandColors } from '../src/pages/brand.ts'
import { launchChromium } from './support/chromium.ts'
import { composerOf, MAIL_SAMPLES } from './support/mail-samples.ts'

/** Minimum contrast of text (WCAG 2.2 section 1.4.3). */
const LEAST_CONTRAST = 4.5

const compose = composerOf({
  look: { colors: brandColors('#2450c8'), radius: 8, logo: null, support: 'mailto:help@acme.example' },
})

describe('emails in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  const looks = [600, 360].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => [width, colorScheme] as const),
  )

  test.each(looks)(
    '%i pixels, %s: everything is visible and readable, and no request is sent',
    async (width, colorScheme) => {
      const page = await browser.newPage({ viewport: { width, height: 700 }, colorScheme })
      const requests: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      for (const { content, language } of mailsFor(width, colorScheme)) {
        await page.setContent(compose(content, language).html)
        await shoot(page, `${content.kind}-${language}-${width}-${colorScheme}`)
        const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
        expect([content.kind, scrolls]).toEqual([content.kind, false])
        const contrasts = await page.evaluate(measureContrasts)
        expect(contrasts.length).toBeGreaterThan(5)
        expect(contrasts.filter(({ contrast }) => contrast < LEAST_CONTRAST)).toEqual([])
        const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
        expect(background).toBe(colorScheme === 'dark' ? 'rgb(14, 17, 22)' : 'rgb(246, 247, 249)')
      }
      expect(requests).toEqual([])
      await page.close()
    },
  )
})

/** Returns the emails of a look: all languages on the narrow light screen, where long words overflow first, else English. */
function mailsFor(width: number, colorScheme: string) {
  const isNarrow = width === 360 && colorScheme === 'light'
  const languages = isNarrow || process.env.SCREENSHOTS !== undefined ? LANGUAGES : (['en'] as const)
  return MAIL_SAMPLES.flatMap(({ content }) => languages.map((language) => ({ content, language })))
}

/** Runs in the page: returns the contrast of each text with its background (WCAG 2.2, relative luminance). */
function measureContrasts(): { text: string; contrast: number }[] {
  const rgb = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = rgb(color).map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const behind = (element: Element | null): string => {
    if (element === null) return 'rgb(255, 255, 255)'
    const { backgroundColor } = getComputedStyle(element)
    return rgb(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor
  }
  const texts = [...document.body.querySelectorAll('*')].filter(
    (element) =>
      element.checkVisibility() &&
      [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim()),
  )
  return texts.map((element) => {
    const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))]
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)
    return { text: element.textContent ?? '', contrast }
  })
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `mail-${name}.png`), fullPage: true })
}
