/*
 * Hosted pages: data in, HTML out. They work with JavaScript off; the one script only reveals passwords.
 * Every value is escaped by hono's `html`; styles and the script run by a nonce of the one answer.
 */
import { randomBytes } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { Html } from '../kernel/feature.ts'
import type { Answer } from '../kernel/route.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

/** A page to be. */
export interface Page {
  readonly status: number
  readonly title: string
  readonly content: Html
  /** For the reference, which has tables. */
  readonly wide?: boolean
  readonly cookies?: Answer['cookies']
}

/** Puts content into the frame that all pages share. */
export type PageRenderer = (page: Page) => Promise<Answer>

/**
 * Makes the renderer.
 * @param siteName the name that people know the service by.
 * @param trustedOrigins where a form may lead besides our own origin.
 */
export function createPageRenderer(siteName: string, trustedOrigins: readonly string[]): PageRenderer {
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
      text: { type: 'text/html; charset=utf-8', content: String(page), policy: policy(nonce, trustedOrigins) },
    }
  }
}

function policy(nonce: string, trustedOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    // Browsers hold the redirect that follows a form to it as well, and `next` may lead to a trusted origin.
    ["form-action 'self'", ...trustedOrigins].join(' '),
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
