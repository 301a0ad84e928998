import { html } from 'hono/html'
import type { Html } from '../kernel/page-view.ts'
import type { DevelopmentMail } from './development-mailer.ts'
import { utcTime } from './utc-time.ts'

const LINK = /^https?:\/\/\S+$/

/** Renders the emails of a development setup, newest first, for the developer who waits for a link. */
export function mailboxPage(mails: readonly DevelopmentMail[]): Html {
  if (mails.length === 0)
    return html`<p>There are no emails yet. Latchkey sends none in development: they arrive here.</p>`
  return html`${mails.map(mailSection)}`
}

/** Returns links to the emails. */
export function mailboxContents(mails: readonly DevelopmentMail[]): Html {
  return html`<ul>${mails.map(({ id, to, subject }) => html`<li><a href="#${id}">${subject}</a><p class="sub">${to}</p></li>`)}</ul>`
}

function mailSection({ id, to, subject, text, sentAt }: DevelopmentMail): Html {
  const paragraphs = text.trim().split('\n\n')
  return html`<section id="${id}"><h2>${subject}</h2>
<p class="soft">To ${to} · ${utcTime(sentAt)} · <a href="mail/${id}">Show as HTML</a></p>
${paragraphs.map((paragraph) => html`<p>${paragraph.split('\n').map(mailLine)}</p>`)}</section>`
}

function mailLine(line: string, index: number): Html {
  return html`${index === 0 ? '' : html`<br>`}${LINK.test(line) ? html`<a href="${line}">${line}</a>` : line}`
}
