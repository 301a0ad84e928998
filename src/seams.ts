import type { Core } from './core.ts'
import type { PasswordCost } from './crypto/password-hasher.ts'
import type { Feature } from './kernel/feature.ts'
import type { GuardedFetch } from './kernel/guarded-fetch.ts'
import type { DevelopmentMailer } from './mail/development-mailer.ts'

/**
 * Parts of an instance that only our own tests, `latchkey/testing` and the workers of a server replace. No option, no environment variable and no
 * package entry reaches them; test/password-cost.test.ts proves it.
 */
export interface Seams {
  /** Cost of a password hash. Default: the costs of the option `passwordHashing`. */
  readonly passwordCost?: PasswordCost
  /** Features besides those of `features.ts`, such as a login step that tests the login steps. Default: none. */
  readonly features?: (core: Core) => readonly Feature[]
  /** Answers requests to providers. Default: requests to the public internet. */
  readonly fetchProvider?: GuardedFetch
  /** Answers requests for the documents of apps that describe themselves. Default: requests to the public internet. */
  readonly fetchDocument?: GuardedFetch
  /** Keeps the emails of a development setup. Default: a mailbox of this process. */
  readonly developmentMailer?: DevelopmentMailer
  /** Processes of the same server, which share its clients. Default 1. */
  readonly processes?: number
}
