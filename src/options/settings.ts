/* All settings: the tables of the rooms, in the order of docs/configuration.md. */
import { accessTokenSettings, scopeSettings } from '../access-tokens/settings.ts'
import { verificationSettings } from '../accounts/settings.ts'
import { auditSettings } from '../audit/settings.ts'
import { passwordHashingSettings } from '../crypto/settings.ts'
import { emailLoginSettings } from '../factors/email-code/settings.ts'
import { factorSettings, passkeySettings, secondFactorSettings } from '../factors/settings.ts'
import { forwardAuthSettings } from '../forward-auth/settings.ts'
import type { RoomSettings } from '../kernel/settings.ts'
import { legacyLoginSettings } from '../login/settings.ts'
import { mailerSettings, mailSettings, smtpSettings } from '../mail/settings.ts'
import { oauthSettings } from '../oauth/settings.ts'
import { brandSettings } from '../pages/settings.ts'
import { passwordSettings } from '../passwords/settings.ts'
import { providerSettings } from '../providers/settings.ts'
import { providerVariables } from '../providers/variable-settings.ts'
import { registrationSettings } from '../registration/settings.ts'
import { sessionSettings } from '../sessions/settings.ts'
import { throttleSettings } from '../throttle/settings.ts'
import { cookieSettings } from './cookie-settings.ts'
import { languageSettings } from './language-settings.ts'
import { librarySettings } from './library-settings.ts'
import type { CompleteOptions, LatchkeyOptions } from './options.ts'
import { serverSettings } from './server-settings.ts'
import { serviceSettings } from './service-settings.ts'

/** Settings that only the server has, as environment variables. */
export const SERVER_SETTINGS: readonly RoomSettings[] = [serverSettings, smtpSettings, providerVariables]

/** Settings that only `createLatchkey` has. */
export const LIBRARY_SETTINGS: readonly RoomSettings[] = [librarySettings, mailerSettings]

/** Settings that `createLatchkey` and `latchkey.config.ts` share. */
export const SHARED_SETTINGS: readonly RoomSettings[] = [
  serviceSettings,
  brandSettings,
  languageSettings,
  registrationSettings,
  verificationSettings,
  mailSettings,
  legacyLoginSettings,
  secondFactorSettings,
  emailLoginSettings,
  providerSettings,
  cookieSettings,
  sessionSettings,
  passwordSettings,
  passwordHashingSettings,
  scopeSettings,
  accessTokenSettings,
  factorSettings,
  passkeySettings,
  forwardAuthSettings,
  oauthSettings,
  throttleSettings,
  auditSettings,
]

/** Adds the defaults to options that `checkOptions` accepted. */
export function completeOptions(options: LatchkeyOptions): CompleteOptions {
  return {
    ...librarySettings.complete(options),
    ...mailerSettings.complete(options),
    ...serviceSettings.complete(options),
    ...languageSettings.complete(options),
    brand: brandSettings.complete(options.brand),
    ...registrationSettings.complete(options),
    ...verificationSettings.complete(options),
    ...mailSettings.complete(options),
    ...legacyLoginSettings.complete(options),
    ...secondFactorSettings.complete(options),
    ...emailLoginSettings.complete(options),
    ...providerSettings.complete(options),
    ...scopeSettings.complete(options),
    cookie: cookieSettings.complete(options.cookie),
    session: sessionSettings.complete(options.session),
    password: passwordSettings.complete(options.password),
    passwordHashing: passwordHashingSettings.complete(options.passwordHashing),
    accessTokens: accessTokenSettings.complete(options.accessTokens),
    factors: factorSettings.complete(options.factors),
    passkeys: passkeySettings.complete(options.passkeys),
    forwardAuth: forwardAuthSettings.complete(options.forwardAuth),
    oauth: oauthSettings.complete(options.oauth === undefined ? {} : { enabled: true, ...options.oauth }),
    throttle: throttleSettings.complete(options.throttle),
    audit: auditSettings.complete(options.audit),
  }
}
