import { html } from 'hono/html'
import type { PageParts } from '../../kernel/page-view.ts'
import { button } from '../../pages/components/button.ts'
import { field } from '../../pages/components/field.ts'
import { form } from '../../pages/components/form.ts'
import { note } from '../../pages/components/note.ts'
import { type ConsentView, questionPage } from '../consent/question-page.ts'
import { DEVICE_PAGE } from '../engine/create-engine.ts'
import { OAUTH_TEXTS } from '../texts.ts'
import type { DeviceRequest } from './find-device-request.ts'

/**
 * Renders the page where a user types the code of a device. An attacker sends people here with a code of their own device, so the
 * page says where the code must come from (RFC 8628 section 5.4).
 * @param problem why the code of the request was refused; null: no code came.
 */
export function codePage(view: ConsentView, problem: string | null): PageParts {
  const { basePath, locale, email } = view
  const texts = locale.texts(OAUTH_TEXTS)
  const input = field(view, {
    name: 'userCode',
    label: texts.deviceCode,
    type: 'text',
    autocomplete: 'off',
    maxLength: 64,
    autofocus: true,
  })
  return {
    title: texts.deviceTitle,
    lead: texts.deviceLead,
    body: html`${problem === null ? '' : note('danger', problem)}
${note('warn', texts.deviceWarning)}
${form(`${basePath}${DEVICE_PAGE}/code`, html`${input}${button('main', texts.deviceNext)}`)}
<p class="hint">${texts.asUser(email)}</p>`,
  }
}

/** Renders the question whether a device may act for the user. */
export function deviceQuestionPage(view: ConsentView, asked: DeviceRequest): PageParts {
  const { userCode } = asked
  const warning = note('warn', view.locale.texts(OAUTH_TEXTS).deviceCompare(userCode))
  return questionPage(view, { asked, warning, path: DEVICE_PAGE, fields: { userCode } })
}
