import { mailSite } from './catalogue/mail-site.ts'
import { createMailComposer, type MailKind } from './catalogue/mails.ts'
import { REFUSALS } from './catalogue/refusals.ts'
import { TEXT_TABLES } from './catalogue/texts.ts'
import type { Core } from './core.ts'
import { createPasswordHasher } from './crypto/password-hasher.ts'
import { isDevelopment } from './kernel/origins.ts'
import { createMailing, type Mailing } from './mail/mailing.ts'
import type { CompleteOptions } from './options/options.ts'
import type { Brand } from './pages/brand.ts'
import { createPages, type Pages } from './pages/pages.ts'
import { createBreachList } from './passwords/breach-list.ts'
import { isCommonPassword } from './passwords/common-passwords.ts'
import type { PasswordService } from './passwords/password-service.ts'
import type { Seams } from './seams.ts'
import { createSessionMemory, type SessionMemory } from './sessions/session-memory.ts'

/** Parts that features share besides the core. */
export interface Services {
  readonly memory: SessionMemory
  readonly pages: Pages
  readonly passwords: PasswordService
  readonly mailing: Mailing<MailKind>
  /** The name that users know the service by. */
  readonly siteName: string
}

/** Creates the mailing. It exists before the storage is open, because the storage notifies it of new emails. */
export function createInstanceMailing(
  options: CompleteOptions,
  { secrets, brand, seams }: { readonly secrets: readonly Uint8Array[]; readonly brand: Brand; readonly seams: Seams },
): Mailing<MailKind> {
  const baseUrl = new URL(options.baseUrl)
  return createMailing({
    secrets,
    mailer: options.mailer,
    developmentMailer: seams.developmentMailer,
    isDevelopment: isDevelopment(baseUrl),
    compose: createMailComposer(mailSite(options, brand)),
    host: baseUrl.hostname,
    deliverMails: options.deliverMails,
    mailsAtOnce: options.mailsAtOnce,
    clock: options.clock,
  })
}

interface ServiceParts {
  readonly core: Core
  readonly mailing: Mailing<MailKind>
  readonly brand: Brand
  readonly options: CompleteOptions
  readonly seams: Seams
}

/** Creates the services of an instance. */
export function createServices({ core, mailing, brand, options, seams }: ServiceParts): Services {
  const { hostname, host } = new URL(options.baseUrl)
  const siteName = options.siteName ?? host
  const { minLength, contextWords, breachUrl } = options.password
  return {
    memory: createSessionMemory({ ...core, sessions: core.stores.sessions, sessionSettings: options.session }),
    pages: createPages({
      ...core,
      siteName,
      brand,
      languages: options.languages,
      overrides: options.texts,
      texts: { tables: TEXT_TABLES, refusals: REFUSALS },
    }),
    passwords: {
      hasher: createPasswordHasher(options.passwordHashing, seams.passwordCost),
      policy: {
        minLength,
        contextWords: [siteName, hostname, ...contextWords],
        isCommon: isCommonPassword,
        isBreached: breachUrl === undefined ? null : createBreachList(breachUrl, core.clock),
      },
    },
    mailing,
    siteName,
  }
}
