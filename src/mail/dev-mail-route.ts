import { z } from 'zod'
import { toIsoTime } from '../kernel/clock.ts'
import { defineCall } from '../kernel/define-calls.ts'
import type { Html } from '../kernel/page-view.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type Answer, defineRoute, type Route } from '../kernel/route.ts'
import type { DevelopmentMailer } from './development-mailer.ts'
import { mailboxContents, mailboxPage } from './mailbox-page.ts'

/** Shows a page for developers. */
export type ShowPage = (page: {
  readonly title: string
  readonly body: Html
  readonly contents: Html
}) => Promise<Answer<never>>

/** The HTML of an email runs and loads nothing but its logo. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src *; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * Route that shows the HTML of one email of a development setup, as an email client does. It answers the same requests as
 * `devMailRoute`.
 */
export function devMailHtmlRoute({ list }: DevelopmentMailer): Route {
  return defineRoute(defineCall('GET /dev/mail/{id}', { name: 'dev.mail', access: 'anyone' }), {
    summary: 'Development only: one email as HTML',
    answers: { 200: 'text/html' },
    async handle({ isLocal, params: { id } }) {
      const mail = isLocal() ? list().find((each) => each.id === id) : undefined
      if (mail === undefined) throw new Refusal('not_found', { detail: 'There is no such email.' })
      return { status: 200, text: { type: 'text/html; charset=utf-8', content: mail.html, policy: MAIL_POLICY } }
    },
  })
}

/**
 * Route that lists the emails of a development setup, newest first: a page for a browser, otherwise JSON. It exists only in development without a mailer, and
 * only for requests of this machine: the emails have links that log in as anyone (CWE-489).
 */
export function devMailRoute({ list }: DevelopmentMailer, showPage: ShowPage): Route {
  return defineRoute(defineCall('GET /dev/mail', { name: 'dev.mails', access: 'anyone' }), {
    summary: 'Development only: list the emails that were not sent',
    answers: {
      200: z.object({
        mails: z.array(
          z.object({
            id: z.string(),
            to: z.string(),
            subject: z.string(),
            text: z.string(),
            html: z.string(),
            sentAt: z.iso.datetime(),
          }),
        ),
      }),
    },
    async handle({ isLocal, wantsHtml }) {
      if (!isLocal()) throw new Refusal('not_found', { detail: 'There is no such route.' })
      const newest = list().toReversed()
      if (wantsHtml()) {
        return showPage({
          title: 'Emails',
          body: mailboxPage(newest),
          contents: mailboxContents(newest),
        })
      }
      const mails = newest.map(({ sentAt, ...message }) => ({ ...message, sentAt: toIsoTime(sentAt) }))
      return { status: 200, body: { mails } }
    },
  })
}
