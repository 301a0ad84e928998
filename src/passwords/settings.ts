import { z } from 'zod'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Rules for new passwords, as set by the operator. */
export interface PasswordSettings {
  /** Minimum number of code points of a new password. Default 15 (NIST SP 800-63B-4); at least 8. */
  readonly minLength: number
  /** More words that a password must not be built from. The site's name and host are always included. */
  readonly contextWords: readonly string[]
  /**
   * URL of the range API that checks new passwords against data breaches, such as
   * `https://api.pwnedpasswords.com/range/`. Default: none.
   */
  readonly breachUrl?: string | undefined
}

/** The settings of new passwords. */
export const passwordSettings: Settings<PasswordSettings> = defineSettings<PasswordSettings>('password', {
  minLength: {
    meaning: 'least number of code points of a new password, 8 to 64',
    default: 15,
    schema: z.int().min(8).max(64),
  },
  contextWords: {
    meaning: 'more words that no password may be built from',
    default: [],
    defaultIs: 'site name and host, which always count',
    schema: z.array(z.string()),
  },
  breachUrl: {
    meaning:
      'range API that is asked whether a new password was in a breach: `https://api.pwnedpasswords.com/range/`. It receives five hex digits of its SHA-1',
    default: undefined,
    schema: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }),
    variable: { name: 'LATCHKEY_BREACH_URL' },
  },
})
