import { html, raw } from 'hono/html'
import type { StepPage, StepView } from '../kernel/login-step.ts'
import type { Html } from '../kernel/page-view.ts'
import { codeForm } from '../login/attempt-page.ts'
import { button } from '../pages/components/button.ts'
import { checkbox } from '../pages/components/checkbox.ts'
import { copyable } from '../pages/components/copyable.ts'
import { form } from '../pages/components/form.ts'
import { FACTOR_TEXTS } from './texts.ts'
import { describeUri } from './totp/totp-code.ts'

/**
 * The page on which a user sets up an authenticator app in a login. The first form creates the secret, which the page then shows once; a
 * user who reloads the page starts again.
 */
const TOTP_ENROLMENT: StepPage = {
  title: (locale) => locale.texts(FACTOR_TEXTS).enrolTitle,
  lead(locale, { flash }) {
    const { enrolLead, scan } = locale.texts(FACTOR_TEXTS)
    return flash?.secret === undefined && flash?.problem === undefined ? enrolLead : scan
  },
  async render(view) {
    const { basePath, locale, flash, kept } = view
    const texts = locale.texts(FACTOR_TEXTS)
    const confirm = codeForm({ ...view, action: `${basePath}/totp/confirm` })
    const begin = (kind: 'main' | 'plain', label: string): Html =>
      form(`${basePath}/totp`, button(kind, label), { ...kept })
    if (flash?.problem !== undefined) return html`${confirm}${begin('plain', texts.enrolAgain)}`
    if (flash?.secret === undefined) return begin('main', texts.enrolBegin)
    const { qr, secret } = await describeUri(flash.secret)
    return html`<div class="qr" role="img" aria-label="${texts.qrLabel}">${raw(qr)}</div>
<p class="soft">${texts.typeSecret}</p>${copyable(view, secret, texts.secretLabel)}${confirm}`
  },
}

/** The page of the step `totp`. */
export const TOTP_PAGE: StepPage = {
  title: (locale) => locale.texts(FACTOR_TEXTS).totpTitle,
  lead: (locale) => locale.texts(FACTOR_TEXTS).totpLead,
  render: (view) => codeForm(view, { extra: rememberBox(view) }),
  enrolment: TOTP_ENROLMENT,
}

/** The page of the step `recovery_code`. */
export const RECOVERY_PAGE: StepPage = {
  title: (locale) => locale.texts(FACTOR_TEXTS).recoveryTitle,
  lead: (locale) => locale.texts(FACTOR_TEXTS).recoveryLead,
  render: (view) => codeForm(view, { extra: rememberBox(view), hasLetters: true }),
}

/** A login can remember the device. A proof of a user who is logged in cannot. */
function rememberBox({ locale, isLogin }: StepView): Html | undefined {
  if (!isLogin) return undefined
  const label = locale.texts(FACTOR_TEXTS).rememberDevice
  return checkbox({ name: 'rememberDevice', label, checked: false })
}
