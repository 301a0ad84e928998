/*
 * Registration if email addresses must be verified first. The response never reveals which addresses have an account. A
 * new address, a taken one and one that another user can still take back get the same answer after one password hash and the same
 * time, and each uses up the invitation. Only the emails differ. Proven by test/http/email.test.ts,
 * test/http/registration.test.ts and test/timing.test.ts.
 */

import { type AcceptedProfile, type CreateUserDeps, type FirstCredential, storeUser } from '../accounts/create-user.ts'
import type { AccountEvent } from '../accounts/events.ts'
import { accountExistsContent } from '../accounts/mails/account-exists.ts'
import { ACCOUNT_REFUSALS } from '../accounts/refusals.ts'
import { newVerification, type VerificationDeps } from '../accounts/request-verification.ts'
import type { Effects } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import { inEqualTime } from '../kernel/equal-time.ts'
import type { Stamp, StampedEvent } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { Method, User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { newOneTimeToken } from '../one-time-tokens/one-time-token.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import { takeMailBudget } from '../throttle/other-tries.ts'

/** A person who registers. */
export interface Registrant extends AcceptedProfile {
  /** Default: a new id. */
  readonly id?: UserId
  /** Events of the check of the password. Default: none. */
  readonly events?: readonly StampedEvent[]
  /** The method that they will log in with. */
  readonly method: Method
  /** Returns what they will log in with: hashes the password. */
  readonly credential: () => Promise<FirstCredential>
}

/** A registration that is allowed. */
export interface Admitted {
  readonly registrant: Registrant
  readonly invitation: OneTimeToken | undefined
}

type Deps = Pick<CreateUserDeps, 'users' | 'clock'> & VerificationDeps

/**
 * Creates a user without a session and sends the verification link. If the address is taken, the owner of the account
 * receives an email instead.
 * @returns null, as `register` does.
 * @throws Refusal `token_invalid` if the invitation was used in the meantime; `overloaded`, `unavailable`.
 */
export async function registerUnverified(deps: Deps, admitted: Admitted, stamp: Stamp<AccountEvent>): Promise<null> {
  const { email, credential } = admitted.registrant
  const created = await credential()
  return inEqualTime(async () => {
    const taken = await deps.users.findTaken([email], deps.clock())
    const isStored = taken.length === 0 && (await store(deps, { ...admitted, created }, stamp))
    if (!isStored) await tellOwner(deps, admitted, stamp)
    return null
  })
}

/** Stores the user. Returns false if another request took the address at the same moment. */
async function store(
  deps: Deps,
  { registrant, invitation, created }: Admitted & { readonly created: FirstCredential },
  stamp: Stamp<AccountEvent>,
): Promise<boolean> {
  try {
    await storeUser(
      deps,
      { ...registrant, ...created },
      {
        stamp,
        async extras(user) {
          const { record, effects } = await writeVerification(deps, user, stamp)
          return { verification: record, invitation, effects }
        },
      },
    )
    return true
  } catch (error) {
    if (error instanceof Refusal && error.code === ACCOUNT_REFUSALS.email_taken.code) return false
    throw error
  }
}

async function tellOwner(deps: Deps, { registrant, invitation }: Admitted, stamp: Stamp<AccountEvent>): Promise<void> {
  const { record, effects } = await writeToOwner(deps, registrant.email, stamp)
  if (invitation === undefined) return deps.oneTimeTokens.issue([record], () => effects)
  const isExchanged = await deps.oneTimeTokens.exchange(invitation, [record], () => effects)
  if (!isExchanged)
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, { reason: 'the invitation was used in the meantime' })
}

/** A one-time token, and the effects that are stored with it. */
interface Letter {
  readonly record: OneTimeToken
  readonly effects: Effects
}

async function writeToOwner(deps: Deps, email: EmailAddress, stamp: Stamp<AccountEvent>): Promise<Letter> {
  const owner = await deps.users.findByEmail(email)
  const isEnabled = owner !== null && owner.disabledAt === null
  if (isEnabled && !owner.emailVerified) return writeVerification(deps, owner, stamp)
  const mayMail = await takeMailBudget(deps.throttle, 'account_exists', email)
  const nobody = writeToNobody(deps)
  if (!mayMail || !isEnabled) return nobody
  const content = accountExistsContent(deps.links)
  return { ...nobody, effects: { events: [], mails: deps.outbox.write({ to: email, userId: owner.id, content }) } }
}

async function writeVerification(deps: Deps, user: User, stamp: Stamp<AccountEvent>): Promise<Letter> {
  const verification = await newVerification(deps, user)
  if (verification === null) return writeToNobody(deps)
  const { record, mails } = verification
  return { record, effects: { events: [stamp({ type: 'email.verification_requested', userId: user.id })], mails } }
}

/** Returns a token that is never sent, and a decoy email. They cost the same as real ones. */
function writeToNobody(deps: Deps): Letter {
  const { record } = newOneTimeToken(deps.clock, { purpose: 'email_verify', userId: null, email: null })
  return { record, effects: { events: [], mails: deps.outbox.writeDecoy(accountExistsContent(deps.links)) } }
}
