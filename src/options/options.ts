import type { AccessTokenSettings } from '../access-tokens/settings.ts'
import type { VerifyEmailMode } from '../accounts/request-verification.ts'
import type { AuditSettings } from '../audit/keep-audit.ts'
import type { EventListener } from '../catalogue/events.ts'
import type { PasswordHashingOptions } from '../crypto/password-hasher.ts'
import type { TrustProxy } from '../http/client-address.ts'
import type { Clock } from '../kernel/clock.ts'
import type { RequestRecord } from '../kernel/connection.ts'
import type { VerifyLegacy } from '../login/legacy-login.ts'
import type { Mailer } from '../mail/message.ts'
import type { MailTextOverrides } from '../mail/texts.ts'
import type { Registration } from '../registration/register.ts'
import type { SessionSettings } from '../sessions/settings.ts'
import type { OnStatement, SessionStorage, Storage } from '../storage/storage.ts'
import type { ThrottleSettings } from '../throttle/settings.ts'

/** What `createLatchkey` takes. Only `baseUrl` and `storage` have no default. */
export interface LatchkeyOptions {
  /** The public origin, as browsers see it: `https://example.com`. Never learned from a request. */
  readonly baseUrl: string
  /** Where the data is: `sqlite('app.db')`. */
  readonly storage: Storage
  /** Where sessions are kept: `redis('redis://localhost')`. Default: in `storage`. */
  readonly sessionStorage?: SessionStorage
  /** Path under which Latchkey answers. Default `/auth`. */
  readonly basePath?: string
  /** Name of the service on its pages; no password may be built from it. Default: the host of `baseUrl`. */
  readonly siteName?: string
  /**
   * Secrets for signatures, newest first, each at least 32 bytes in base64url. Default in development: made once, kept
   * beside the database. Required when NODE_ENV is `production`.
   */
  readonly secrets?: readonly string[]
  /** Other origins whose pages may call us with credentials. Default none. */
  readonly trustedOrigins?: readonly string[]
  /** Number of proxies in front, or their CIDRs; only their X-Forwarded-For is believed. Default 0. */
  readonly trustProxy?: TrustProxy
  /** Whether people may register themselves. Default `open`. */
  readonly registration?: Registration
  /**
   * Whether addresses are verified: before the first login (`required`; registration then tells nobody which addresses
   * have accounts), when their owners like (`optional`), or never (`off`). Default `optional`.
   */
  readonly verifyEmail?: VerifyEmailMode
  /**
   * Delivers mails, such as `(await createSmtpMailer(...)).send` of latchkey/smtp. Default: in development (NODE_ENV is not
   * `production`, and `baseUrl` is local) they are printed and readable at `/auth/dev/mail`; else none are sent, and what
   * needs them is not offered.
   */
  readonly mailer?: Mailer | undefined
  /** Sentences of mails that take the place of the English ones. */
  readonly mailTexts?: MailTextOverrides
  /** False: this process writes mails and leaves it to others to send them. Default true. */
  readonly deliverMails?: boolean
  /**
   * Asks an old system at a login whose email has no password here; when it says yes, the user is made with it.
   * Default: nobody is asked.
   */
  readonly verifyLegacy?: VerifyLegacy
  readonly cookie?: {
    /** Shares the cookie with the subdomains of this domain; it gives up the `__Host-` prefix. Default: this host only. */
    readonly domain?: string
  }
  /** Limits of sessions, in milliseconds. */
  readonly session?: Partial<SessionSettings>
  readonly password?: {
    /** Least number of code points of a new password. Default 15 (NIST SP 800-63B-4); at least 8. */
    readonly minLength?: number
    /** More words that no password may be built from. The site's name and host always count. */
    readonly contextWords?: readonly string[]
    /** Range API that is asked whether a new password was in a breach, such as `https://api.pwnedpasswords.com/range/`. Default none. */
    readonly breachUrl?: string
  }
  readonly passwordHashing?: PasswordHashingOptions
  /** Scopes that access tokens may be given (RFC 6749 section 3.3), such as `['read', 'write']`. Default none. */
  readonly scopes?: readonly string[]
  /** Limits of access tokens. */
  readonly accessTokens?: Partial<AccessTokenSettings>
  readonly forwardAuth?: {
    /** Signs identities for the APIs behind proxies: `X-Auth-JWT`, with its keys at `/auth/jwks.json`. Default false. */
    readonly jwt?: boolean
  }
  /** Who may try how often. Limits can be set, not switched off. */
  readonly throttle?: Partial<ThrottleSettings>
  /** How the audit is kept. */
  readonly audit?: Partial<AuditSettings>
  /**
   * Milliseconds between sweeps of expired sessions and of the audit. Default 5 minutes; 0 switches the sweep off, and
   * the sealing of the audit every ten seconds with it.
   */
  readonly sweepIntervalMs?: number
  /** The name under which server-side calls act, as events and the audit have it. Default `application`. */
  readonly actor?: string
  /** Tells the time. For tests. */
  readonly clock?: Clock
  /** Told of every security event, after it was stored. */
  readonly onEvent?: EventListener
  /** Told of what was thrown by mistake, with the id that the 500 answer carried. Default: standard error. */
  readonly onError?: (error: unknown, requestId: string | null) => void
  /** Told of every statement that a storage ran, without its values, and its milliseconds. For metrics and tracing. */
  readonly onStatement?: OnStatement
  /** Told of every answered request, for a log. */
  readonly onRequest?: (record: RequestRecord) => void
}

/** Thrown at the start, for a setting that is unknown or wrong. The message says which, and what would be right. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}
