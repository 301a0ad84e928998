import { hashToken, type Token } from '../../crypto/token.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { DeviceOwner } from '../../kernel/device-owner.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { Links } from '../../kernel/links.ts'
import type { Outbox } from '../../kernel/outbox.ts'
import { ATTEMPT_LIFE_MS, hashDevice, newAttemptToken } from '../../login/attempt-token.ts'
import type { LoginAttemptRecord, LoginAttemptStore } from '../../login/store.ts'
import type { Caller, Throttle } from '../../throttle/throttle.ts'
import type { FactorEvent } from '../events.ts'
import type { EmailSecrets } from './email-secret.ts'
import { emailCodeContent } from './mails/email-code.ts'

/** The method that an email proves. */
export const EMAIL_METHOD = 'email_code'

/** Dependencies of `beginEmailAttempt`. */
export interface BeginEmailAttemptDeps {
  readonly loginAttempts: LoginAttemptStore
  readonly emailSecrets: EmailSecrets
  readonly outbox: Outbox
  readonly links: Links
  readonly throttle: Throttle
  readonly clock: Clock
}

/** Who gets the code. */
export interface EmailAttempt {
  /** Null: no account, or one that cannot log in. */
  readonly owner: DeviceOwner | null
  /** Null: the text as typed is malformed. */
  readonly email: EmailAddress | null
  /** False: a decoy takes the place of the email. */
  readonly isSent: boolean
  readonly remember: boolean
  readonly caller: Caller
}

/**
 * Stores an attempt that waits for the code or the link of an email, and the email. The rows, and so the time, are the same without an
 * account (DESIGN promise 7).
 * @returns the token of the attempt.
 */
export async function beginEmailAttempt(
  deps: BeginEmailAttemptDeps,
  attempt: EmailAttempt,
  stamp: Stamp<FactorEvent>,
): Promise<Token> {
  const { owner, email, isSent, remember, caller } = attempt
  const token = newAttemptToken()
  const secret = deps.emailSecrets.create()
  const createdAt = deps.clock()
  const record: LoginAttemptRecord = {
    tokenHash: hashToken(token),
    userId: owner?.userId ?? null,
    securityEpoch: owner?.securityEpoch ?? 0,
    openRounds: [[EMAIL_METHOD]],
    provenMethods: [],
    remember,
    client: caller.client,
    deviceHash: hashDevice(caller.device),
    challengeHash: secret.challengeHash,
    email,
    tries: 0,
    createdAt,
    expiresAt: createdAt + ATTEMPT_LIFE_MS,
  }
  const code = deps.emailSecrets.codeOf(secret.challengeHash)
  const content = emailCodeContent(deps.links, { token: secret.token, code })
  const mails =
    isSent && email !== null
      ? deps.outbox.write({ to: email, userId: record.userId, content, isUrgent: true })
      : deps.outbox.writeDecoy(content, { isUrgent: true })
  const requested = stamp({ type: 'email_code.requested', userId: record.userId })
  const isStored = await deps.loginAttempts.begin(record, () => ({ events: [requested], mails }))
  // The account was disabled, deleted or changed at this moment: the same answer, and nothing that works.
  return isStored ? token : beginEmailAttempt(deps, { ...attempt, owner: null, isSent: false }, stamp)
}
