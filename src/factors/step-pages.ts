import type { StepPage, StepView } from '../kernel/login-step.ts'
import type { Html } from '../kernel/page-view.ts'
import { codeForm } from '../login/attempt-page.ts'
import { checkbox } from '../pages/components/checkbox.ts'
import { FACTOR_TEXTS } from './texts.ts'

/** The page of the step `totp`. */
export const TOTP_PAGE: StepPage = {
  title: (locale) => locale.texts(FACTOR_TEXTS).totpTitle,
  lead: (locale) => locale.texts(FACTOR_TEXTS).totpLead,
  render: (view) => codeForm(view, { extra: rememberBox(view) }),
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
