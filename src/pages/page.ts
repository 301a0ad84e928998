/*
 * Hosted pages: data in, HTML out. They work without JavaScript; the only script reveals typed passwords. Hono's `html`
 * escapes every value. Styles and the script run by a nonce that is new in each answer.
 */
import { randomBytes } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { Html } from '../kernel/feature.ts'
import type { Answer } from '../kernel/route.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

/** Input of a rendered page. */
export interface Page {
  readonly status: number
  readonly title: string
  readonly content: Html
  /** True for a wide layout; the reference needs it for its tables. */
  readonly wide?: boolean
  readonly cookies?: Answer['cookies']
}

/** Renders content in the frame that all pages share. */
export type PageRenderer = (page: Page) => Promise<Answer>

/**
 * Creates the renderer.
 * @param siteName the name that users know the service by.
 */
export function createPageRenderer(siteName: string): PageRenderer {
  return async ({ status, title, content, wide = false, cookies = [] }) => {
    const nonce = randomBytes(16).toString('base64url')
    const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${siteName}</title>
<style nonce="${nonce}">${raw(STYLE)}</style>
</head>
<body>
<main class="${wide ? 'wide' : 'card'}">
<p class="site">${siteName}</p>
<h1>${title}</h1>
${content}
</main>
<script nonce="${nonce}">${raw(SCRIPT)}</script>
</body>
</html>
`
    return {
      status,
      cookies,
      text: { type: 'text/html; charset=utf-8', content: String(page), policy: policy(nonce) },
    }
  }
}

/**
 * Returns the content security policy of a page. It has no `form-action`: Chromium applies that to every redirect that follows
 * a form, so a login would end on the login page if the application leads to another origin (CSP 3 section 6.4.1).
 */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
