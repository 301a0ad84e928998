import { mailSite } from '../../catalogue/mail-site.ts'
import { createMailComposer, type MailContents, type MailKind } from '../../catalogue/mails.ts'
import type { Language } from '../../kernel/language.ts'
import { createLinks } from '../../kernel/links.ts'
import type { LatchkeyConfig } from '../../options/options.ts'
import { completeOptions } from '../../options/settings.ts'
import { createBrand } from '../../pages/brand.ts'
import { sqlite } from '../../storage/sql/sqlite.ts'

type SampleMails = { readonly [Kind in MailKind]: Omit<MailContents[Kind], 'kind'> }

/** Returns the content of each email, with links to the preview. */
function sampleMails(origin: string, basePath: string): SampleMails {
  const links = createLinks(origin, basePath)
  const token = 'lk_sample-token-of-the-preview'
  const link = links.verifyEmail(token)
  const at = Date.now()
  return {
    verify_email: { link, hours: 24 },
    account_exists: { loginLink: links.login, resetLink: links.forgotPassword },
    password_reset: { link: links.resetPassword(token), minutes: 60 },
    password_changed: { at, forgotLink: links.forgotPassword },
    lockout: { failures: 100, resetLink: links.forgotPassword },
    email_change: { link: links.confirmEmailChange(token), hours: 1 },
    email_change_notice: {
      undo: { link: links.undoEmailChange(token), days: 7 },
      resetLink: links.forgotPassword,
    },
    new_device: { device: 'Firefox on Linux', ip: '203.0.113.9', at, accountLink: links.devices },
    email_code: { code: '49203918', link: links.emailLogin(token), minutes: 10 },
    factor_changed: { change: 'totp_enrolled', at, accountLink: links.security },
    factor_removal: { news: 'asked_at_login', method: 'all', at, accountLink: links.security },
    identity_changed: { change: 'linked', provider: 'Google', at, accountLink: links.security },
    invitation: { link: links.register(token), days: 7 },
  }
}

/** The kinds of emails, in the order of the index. */
export const MAIL_KINDS: readonly string[] = Object.keys(sampleMails('https://example.com', '/auth'))

/** Renders an email as HTML, with the brand and the texts of a configuration. Returns null if its kind is unknown. */
export function renderSampleMail(
  config: LatchkeyConfig,
  origin: string,
  { kind, language }: { readonly kind: string; readonly language: Language },
): string | null {
  const options = completeOptions({ ...config, baseUrl: origin, storage: sqlite(':memory:') })
  const [, content] = Object.entries(sampleMails(origin, options.basePath)).find(([each]) => each === kind) ?? []
  if (content === undefined) return null
  const compose = createMailComposer(mailSite(options, createBrand(options.brand, options.basePath)))
  return compose({ kind, ...content } as MailContents[MailKind], language).html // the entry of this kind
}
