import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import type { PasswordTry } from '../throttle/password-tries.ts'
import type { Caller, Throttle } from '../throttle/throttle.ts'
import type { PasswordEvent } from './events.ts'
import type { LockoutMail } from './mails/lockout.ts'
import type { PasswordCredential, PasswordStore } from './store.ts'

/** Dependencies of `disableAfterFailures`. */
export interface DisablePasswordDeps {
  readonly passwords: PasswordStore
  readonly throttle: Throttle
  readonly outbox: Outbox
  readonly links: Links
}

/**
 * Disables the password after too many failed attempts in a row, until it is reset (NIST SP 800-63B-4 section 3.2.2).
 * It is disabled only for unknown devices: browsers that never logged in before. The user's own devices are not
 * affected, unless one has used up its own budget; then it counts as unknown. Does nothing if the password is already
 * disabled, or if this service sends no email, because the user could not reset the password.
 */
export async function disableAfterFailures(
  { passwords, throttle, outbox, links }: DisablePasswordDeps,
  credential: PasswordCredential | null,
  { tried, caller }: { readonly tried: PasswordTry; readonly caller: Caller },
): Promise<void> {
  const isTooMany = !tried.isKnownDevice && tried.failures >= throttle.limits.failuresUntilDisabled
  if (!isTooMany || outbox.isOff || credential === null || credential.disabledFor !== null) return
  const stamp: Stamp<PasswordEvent> = caller.stamp
  const { id: userId, email } = credential.user
  const content: LockoutMail = { kind: 'lockout', failures: tried.failures, resetLink: links.forgotPassword }
  await passwords.setDisabled(userId, 'strangers', () => ({
    events: [stamp({ type: 'password.disabled', userId, reason: 'failures' })],
    mails: outbox.write({ to: email, userId, content }),
  }))
}
