import { html } from 'hono/html'
import type { ShownStep, StepPage } from '../../kernel/login-step.ts'
import { codeForm } from '../../login/attempt-page.ts'
import { withQuery } from '../../pages/components/form.ts'
import { EMAIL_METHOD } from './begin-email-attempt.ts'
import type { EmailLoginMode } from './settings.ts'
import { EMAIL_CODE_TEXTS } from './texts.ts'
import { emailCodeCalls } from './wire.ts'

/** Returns the step that waits for the code of an email, as the pages show it. */
export function emailStep(mode: EmailLoginMode): ShownStep {
  return {
    method: EMAIL_METHOD,
    call: emailCodeCalls['POST /login/email/confirm'],
    reauthenticateCall: emailCodeCalls['POST /reauthenticate/email/confirm'],
    page: codePage(mode),
  }
}

/** The page that takes the code. With `on`, it does not say whether the address has an account. */
function codePage(mode: EmailLoginMode): StepPage {
  return {
    title: (locale) => locale.texts(EMAIL_CODE_TEXTS).title,
    lead(locale, { email, isLogin }) {
      const texts = locale.texts(EMAIL_CODE_TEXTS)
      return isLogin && mode === 'on' ? texts.sentIfKnown(email ?? '…') : texts.sent(email ?? '…')
    },
    render(view) {
      const { locale, basePath, kept, isLogin } = view
      const texts = locale.texts(EMAIL_CODE_TEXTS)
      const again = withQuery(`${basePath}${isLogin ? '/login/email' : '/reauthenticate'}`, { ...kept })
      return html`${codeForm(view)}<p class="soft">${texts.help} <a href="${again}">${texts.again}</a></p>`
    },
  }
}
