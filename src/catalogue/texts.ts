/*
 * The texts of all pages and emails, collected from the rooms. A new table is a new file in its room and one line here. No room imports
 * this file: the composition root passes the tables to the pages.
 */
import { TOKEN_TEXTS } from '../access-tokens/texts.ts'
import { LINK_TEXTS } from '../accounts/link-texts.ts'
import { ACCOUNT_TEXTS } from '../accounts/texts.ts'
import { ACTIVITY_TEXTS } from '../audit/texts.ts'
import { EMAIL_CODE_TEXTS } from '../factors/email-code/texts.ts'
import { PASSKEY_TEXTS } from '../factors/passkeys/texts.ts'
import { RECOVERY_TEXTS } from '../factors/recovery/texts.ts'
import { SECURITY_TEXTS } from '../factors/security-texts.ts'
import { FACTOR_TEXTS } from '../factors/texts.ts'
import type { Language, TextTable } from '../kernel/language.ts'
import { LOGIN_TEXTS } from '../login/texts.ts'
import { OAUTH_TEXTS } from '../oauth/texts.ts'
import { ERROR_TEXTS } from '../pages/error-texts.ts'
import { FIELD_TEXTS } from '../pages/field-texts.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { PASSWORD_TEXTS } from '../passwords/texts.ts'
import { PROVIDER_TEXTS } from '../providers/texts.ts'
import { REGISTER_TEXTS } from '../registration/texts.ts'
import { SESSION_TEXTS } from '../sessions/texts.ts'
import { MAIL_TABLES } from './mails.ts'

const TABLES = {
  pages: PAGE_TEXTS,
  fields: FIELD_TEXTS,
  errors: ERROR_TEXTS,
  login: LOGIN_TEXTS,
  register: REGISTER_TEXTS,
  passwords: PASSWORD_TEXTS,
  links: LINK_TEXTS,
  account: ACCOUNT_TEXTS,
  sessions: SESSION_TEXTS,
  tokens: TOKEN_TEXTS,
  activity: ACTIVITY_TEXTS,
  factors: FACTOR_TEXTS,
  passkeys: PASSKEY_TEXTS,
  security: SECURITY_TEXTS,
  recovery: RECOVERY_TEXTS,
  emailCode: EMAIL_CODE_TEXTS,
  providers: PROVIDER_TEXTS,
  ...MAIL_TABLES,
  oauth: OAUTH_TEXTS,
} as const

/** The tables of all pages and emails. */
export const TEXT_TABLES: readonly TextTable[] = Object.values(TABLES)

/** Texts of an application in place of ours, by language and table. A misspelt name does not compile. */
export type PageTextOverrides = {
  readonly [Each in Language]?: {
    readonly [Name in keyof typeof TABLES]?: (typeof TABLES)[Name] extends TextTable<infer Texts>
      ? Partial<Texts>
      : never
  }
}

/** Returns the names in overrides that do not exist, such as `de.login.titel`. */
export function findUnknownTexts(overrides: PageTextOverrides): readonly string[] {
  return Object.entries(overrides).flatMap(([language, tables]) =>
    Object.entries(tables ?? {}).flatMap(([name, texts]) => {
      const table = TEXT_TABLES.find((each) => each.name === name)
      if (table === undefined) return [`${language}.${name}`]
      const known = Object.entries(table.texts.en).map(([key, text]) => [key, typeof text] as const)
      return Object.entries(texts ?? {})
        .filter(([key, text]) => !known.some(([each, type]) => each === key && typeof text === type))
        .map(([key]) => `${language}.${name}.${key}`)
    }),
  )
}
