import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import type { PasswordTry } from '../throttle/password-tries.ts'
import type { Caller, Throttle } from '../throttle/throttle.ts'
import type { PasswordEvent } from './events.ts'
import type { LockoutMail } from './mails/lockout.ts'
import type { PasswordCredential, PasswordStore } from './store.ts'

/** What disabling a password works with. */
export interface DisablePasswordDeps {
  readonly passwords: PasswordStore
  readonly throttle: Throttle
  readonly outbox: Outbox
  readonly links: Links
}

/**
 * After too many failures in a row the password works no more for browsers that never logged in before, until it is another
 * (NIST SP 800-63B-4 section 3.2.2). Devices of the user go on: only one that has used up its own budget counts as a stranger.
 * Does nothing when it is disabled already, and where no mail is sent: there would be no way back.
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
