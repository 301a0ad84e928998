import { html } from 'hono/html'
import type { LoginWay } from '../../kernel/feature.ts'
import { parseNextLocation } from '../../kernel/next-location.ts'
import type { PageParts, PageView } from '../../kernel/page-view.ts'
import { defineRoute, type Route, type RouteRequest } from '../../kernel/route.ts'
import { readAttemptTokens } from '../../login/attempt-cookie.ts'
import { findAttempt } from '../../login/find-attempt.ts'
import type { LoginAttemptRecord } from '../../login/store.ts'
import { button, buttonLink } from '../../pages/components/button.ts'
import { checkbox } from '../../pages/components/checkbox.ts'
import { copyable } from '../../pages/components/copyable.ts'
import { field } from '../../pages/components/field.ts'
import { form, withQuery } from '../../pages/components/form.ts'
import { icon } from '../../pages/components/icon.ts'
import { type EntryPage, NO_REFERRER, pageCall } from '../../pages/page-route.ts'
import type { Pages } from '../../pages/pages.ts'
import { PAGE_TEXTS } from '../../pages/texts.ts'
import { readCaller } from '../../throttle/device-cookie.ts'
import type { ProveEmailDeps } from './prove-email.ts'
import type { EmailLoginMode } from './settings.ts'
import { EMAIL_CODE_TEXTS } from './texts.ts'

/** Dependencies of the pages of the login by email. */
export interface EmailCodePageDeps extends ProveEmailDeps {
  readonly pages: Pages
  /** Text of the checkbox that keeps a person logged in. */
  readonly rememberLabel: (view: PageView) => string
}

/** Returns the button on the login page; with `register`, also on the page that creates accounts. */
export function emailWay(mode: EmailLoginMode): LoginWay {
  return {
    place: 50,
    ...(mode === 'register' ? { registers: 'open' } : {}),
    render: ({ basePath, locale, kept }) =>
      buttonLink(
        'plain',
        withQuery(`${basePath}/login/email`, { ...kept }),
        html`${icon('mail')}<span>${locale.texts(EMAIL_CODE_TEXTS).way}</span>`,
      ),
  }
}

/**
 * The page that asks for the email address, and that the link of the email opens. Opening it uses nothing up, because email scanners
 * open links, too. Only the browser that asked can continue with a button; any other shows the code to type there.
 */
export function emailLoginPage(deps: EmailCodePageDeps): Route {
  const { pages, emailSecrets } = deps
  return defineRoute(pageCall('/login/email'), {
    summary: 'Page: log in by email',
    answers: { 200: 'text/html', 303: null },
    async handle(request) {
      const { query, principal } = request
      const next = parseNextLocation(query.next, pages.origins)
      const token = query.token ?? ''
      if (token === '') {
        if (principal !== null) return { status: 303, location: next ?? `${pages.basePath}/account` }
        return pages.showEntry(request, { content: (view) => askPage({ ...view, query }, deps) })
      }
      const challenge = emailSecrets.challengeOf(token)
      const attempt = await findOwnAttempt(deps, request)
      const isOwn = challenge !== null && attempt?.challengeHash === challenge
      const isProof = principal !== null && attempt?.userId === principal.user.id
      const action = isProof ? '/reauthenticate/email/confirm' : '/login/email/confirm'
      return pages.showEntry(request, {
        headers: NO_REFERRER,
        isLinked: true,
        content(view) {
          if (isOwn) return continuePage(view, { action, token })
          return challenge === null ? deadPage(view) : codePage(view, emailSecrets.codeOf(challenge))
        },
      })
    },
  })
}

async function findOwnAttempt(deps: EmailCodePageDeps, request: RouteRequest): Promise<LoginAttemptRecord | null> {
  const caller = readCaller(deps.throttle, 'login', request)
  return findAttempt(deps, readAttemptTokens(request), caller).catch(() => null)
}

function askPage(page: EntryPage, { rememberLabel }: EmailCodePageDeps): PageParts {
  const { basePath, locale, kept } = page
  const texts = locale.texts(EMAIL_CODE_TEXTS)
  const { emailLabel } = locale.texts(PAGE_TEXTS)
  const body = html`${field(page, { name: 'email', label: emailLabel, type: 'email', autocomplete: 'username', autofocus: true })}
${checkbox({ name: 'remember', label: rememberLabel(page), checked: kept.remember === 'on' })}
${button('main', texts.askButton)}`
  return {
    title: texts.askTitle,
    lead: texts.askLead,
    body: form(`${basePath}/login/email`, body, { next: kept.next }),
    below: html`<p><a href="${withQuery(`${basePath}/login`, { ...kept })}">${texts.withPassword}</a></p>`,
  }
}

function continuePage(
  { basePath, locale, kept }: PageView,
  { action, token }: { readonly action: string; readonly token: string },
): PageParts {
  const texts = locale.texts(EMAIL_CODE_TEXTS)
  return {
    title: texts.linkTitle,
    lead: texts.linkLead,
    body: form(`${basePath}${action}`, button('main', texts.linkButton), { token, next: kept.next }),
  }
}

function codePage(view: PageView, code: string): PageParts {
  const texts = view.locale.texts(EMAIL_CODE_TEXTS)
  return { title: texts.codeTitle, lead: texts.codeLead, body: copyable(view, code, texts.code) }
}

function deadPage({ basePath, locale, kept }: PageView): PageParts {
  const texts = locale.texts(EMAIL_CODE_TEXTS)
  const again = buttonLink('main', withQuery(`${basePath}/login/email`, { ...kept }), texts.again)
  return { title: texts.deadTitle, lead: texts.deadLead, body: again }
}
