import type { AccessTokenSettings, ScopeSettings } from '../access-tokens/settings.ts'
import type { VerificationSettings } from '../accounts/settings.ts'
import type { AuditSettings } from '../audit/settings.ts'
import type { PasswordHashingOptions } from '../crypto/settings.ts'
import type { EmailLoginSettings } from '../factors/email-code/settings.ts'
import type { FactorSettings, PasskeySettings, SecondFactorSettings } from '../factors/settings.ts'
import type { ForwardAuthSettings } from '../forward-auth/settings.ts'
import type { LegacyLoginSettings } from '../login/settings.ts'
import type { MailerSettings, MailSettings } from '../mail/settings.ts'
import type { OAuthSettings } from '../oauth/settings.ts'
import type { BrandSettings } from '../pages/brand-settings.ts'
import type { PasswordSettings } from '../passwords/settings.ts'
import type { ProviderSettings } from '../providers/settings.ts'
import type { RegistrationSettings } from '../registration/settings.ts'
import type { SessionSettings } from '../sessions/settings.ts'
import type { ThrottleSettings } from '../throttle/settings.ts'
import type { CookieSettings } from './cookie-settings.ts'
import type { LanguageSettings } from './language-settings.ts'
import type { LibrarySettings } from './library-settings.ts'
import type { ServiceSettings } from './service-settings.ts'

/**
 * The default export of `latchkey.config.ts`: the settings of `LatchkeyOptions` that are plain data, and
 * `verifyLegacy`. All have a default.
 */
export interface LatchkeyConfig
  extends Partial<ServiceSettings>,
    Partial<LanguageSettings>,
    Partial<RegistrationSettings>,
    Partial<VerificationSettings>,
    Partial<MailSettings>,
    Partial<LegacyLoginSettings>,
    Partial<SecondFactorSettings>,
    Partial<EmailLoginSettings>,
    Partial<ProviderSettings>,
    Partial<ScopeSettings> {
  /** Look of pages and emails. */
  readonly brand?: Partial<BrandSettings>
  /** Settings of cookies. */
  readonly cookie?: Partial<CookieSettings>
  /** Limits of sessions, in milliseconds. */
  readonly session?: Partial<SessionSettings>
  /** Rules for new passwords. */
  readonly password?: Partial<PasswordSettings>
  /** Costs of password hashing. */
  readonly passwordHashing?: PasswordHashingOptions
  /** Limits of access tokens. */
  readonly accessTokens?: Partial<AccessTokenSettings>
  /** Second factors that users may set up. */
  readonly factors?: Partial<FactorSettings>
  /** How passkeys know the service. */
  readonly passkeys?: Partial<PasskeySettings>
  /** Headers that proxies pass on. */
  readonly forwardAuth?: Partial<ForwardAuthSettings>
  /** Lets apps of third parties act for users. Giving it turns OAuth on. */
  readonly oauth?: Partial<OAuthSettings>
  /** Limits of attempts. They can be changed, but not turned off. */
  readonly throttle?: Partial<ThrottleSettings>
  /** Retention of the audit log. */
  readonly audit?: Partial<AuditSettings>
}

/** Options of `createLatchkey`. Only `baseUrl` and `storage` have no default. */
export interface LatchkeyOptions
  extends LatchkeyConfig,
    Pick<LibrarySettings, 'baseUrl' | 'storage'>,
    Partial<Omit<LibrarySettings, 'baseUrl' | 'storage'>>,
    Partial<MailerSettings> {}

/** All options, complete: each setting that was not given has its default. */
export interface CompleteOptions
  extends LibrarySettings,
    MailerSettings,
    ServiceSettings,
    LanguageSettings,
    RegistrationSettings,
    VerificationSettings,
    MailSettings,
    LegacyLoginSettings,
    SecondFactorSettings,
    EmailLoginSettings,
    ProviderSettings,
    ScopeSettings {
  readonly brand: BrandSettings
  readonly cookie: CookieSettings
  readonly session: SessionSettings
  readonly password: PasswordSettings
  readonly passwordHashing: Required<PasswordHashingOptions>
  readonly accessTokens: AccessTokenSettings
  readonly factors: FactorSettings
  readonly passkeys: PasskeySettings
  readonly forwardAuth: ForwardAuthSettings
  readonly oauth: OAuthSettings
  readonly throttle: ThrottleSettings
  readonly audit: AuditSettings
}

export { ConfigurationError } from '../kernel/configuration-error.ts'
