/*
 * The answer of `authorize` as a form that the browser posts to the app (OAuth 2.0 Form Post Response Mode). The engine renders a page
 * that our policy would block, in one language; its fields go into a page of ours. Proved by test/http/oauth.test.ts.
 */
import { html } from 'hono/html'
import { readCookies } from '../kernel/cookie-syntax.ts'
import type { Answer, ProtocolRequest } from '../kernel/route.ts'
import { button } from '../pages/components/button.ts'
import { form } from '../pages/components/form.ts'
import type { Pages } from '../pages/pages.ts'
import type { BridgedResponse } from './engine/bridge.ts'
import { OAUTH_TEXTS } from './texts.ts'

const ACTION = /<form method="post" action="([^"]*)">/
const FIELD = /<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g
const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** A form that the browser posts to an app. */
export interface FormPost {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** Returns the form of an answer of the engine; null for every other answer. */
export function readFormPost({ headers, body }: BridgedResponse): FormPost | null {
  if (headers['content-type']?.startsWith('text/html') !== true) return null
  const page = body.toString()
  const action = ACTION.exec(page)?.[1]
  if (action === undefined) return null
  const fields = [...page.matchAll(FIELD)].map(([, name = '', value = '']) => [unescapeHtml(name), unescapeHtml(value)])
  return { action: unescapeHtml(action), fields: Object.fromEntries(fields) }
}

/** Returns a page that posts the form: by its script, or with its button. */
export function showFormPost(
  pages: Pages,
  { headers }: ProtocolRequest['request'],
  { action, fields }: FormPost,
): Promise<Answer> {
  const header = (name: string): string | null => headers.get(name)
  const request = { header, query: {}, cookies: (name: string) => readCookies(header('cookie') ?? '', name) }
  return pages.showEntry(request, {
    keepsFlash: true,
    content({ locale }) {
      const texts = locale.texts(OAUTH_TEXTS)
      const body = form(action, html`${button('main', texts.deviceNext)}`, fields, 'auto')
      return { title: texts.answerTitle, lead: texts.answerLead(new URL(action).host), body }
    },
  })
}

function unescapeHtml(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => CHARACTERS[name] ?? '')
}
