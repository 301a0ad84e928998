import type { Clock } from '../../kernel/clock.ts'
import type { Links } from '../../kernel/links.ts'
import type { Outbox } from '../../kernel/outbox.ts'
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import type { User } from '../../kernel/principal.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { utcTime } from '../../mail/utc-time.ts'
import { takeMailBudget } from '../../throttle/other-tries.ts'
import type { Throttle } from '../../throttle/throttle.ts'

/** A change that a user is told about. */
export type FactorChange = 'totp_enrolled' | 'totp_removed' | 'recovery_codes_created' | 'recovery_code_used'

/** Tells a user that their factors changed (ASVS 6.3.7). */
export interface FactorChangedMail {
  readonly kind: 'factor_changed'
  readonly change: FactorChange
  /** Time of the change: milliseconds since 1970-01-01 UTC. */
  readonly at: number
  /** Opens the account page. */
  readonly accountLink: string
}

/** Texts of `factor_changed`. */
export interface FactorChangedTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string, change: FactorChange) => string
  readonly time: string
  readonly expected: string
  readonly unexpected: string
  readonly button: string
}

const ENGLISH: Readonly<Record<FactorChange, (site: string) => string>> = {
  totp_enrolled: (site) => `An authenticator app was set up for your account at ${site}. Logins now ask for its codes.`,
  totp_removed: (site) =>
    `The authenticator app was removed from your account at ${site}. Logins no longer ask for its codes.`,
  recovery_codes_created: (site) =>
    `New recovery codes were created for your account at ${site}. The previous codes no longer work.`,
  recovery_code_used: (site) => `A recovery code was used to log in to your account at ${site}.`,
}

/** Template of `factor_changed`. */
export const FACTOR_CHANGED: MailTemplate<FactorChangedMail, FactorChangedTexts> = {
  english: {
    subject: (site) => `The security settings of your ${site} account changed`,
    heading: 'Your security settings changed',
    notice: (site, change) => ENGLISH[change](site),
    time: 'Time',
    expected: 'If you did this, you do not need to do anything.',
    unexpected: 'If you did not do this, another person has access to your account. Change your password now.',
    button: 'Check your account',
  },
  toLetter: ({ at, change, accountLink }, site, texts) => ({
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site, change), texts.expected, texts.unexpected],
    facts: [{ label: texts.time, value: utcTime(at) }],
    action: { label: texts.button, link: accountLink },
    after: [],
  }),
}

/** Dependencies of `writeFactorChangedMail`. */
export interface FactorChangedMailDeps {
  readonly outbox: Outbox
  readonly links: Links
  readonly throttle: Throttle
  readonly clock: Clock
}

/**
 * Creates the email `factor_changed` to a user.
 * @returns an empty list if the user received too many of these emails in the last hour, or if this service sends no
 *   email.
 * @throws Refusal `unavailable`.
 */
export async function writeFactorChangedMail(
  { outbox, links, throttle, clock }: FactorChangedMailDeps,
  { id, email }: User,
  change: FactorChange,
): Promise<readonly OutgoingMail[]> {
  if (outbox.isOff || !(await takeMailBudget(throttle, 'factor_changed', email))) return []
  const content: FactorChangedMail = { kind: 'factor_changed', change, at: clock(), accountLink: links.account }
  return outbox.write({ to: email, userId: id, content })
}
