import type { UserStore } from '../../accounts/store.ts'
import type { Token } from '../../crypto/token.ts'
import { type EmailAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { PasswordStore } from '../../passwords/store.ts'
import type { DeviceUser } from '../../throttle/device.ts'
import { takeEmailLoginBudget, takeMailBudget } from '../../throttle/other-tries.ts'
import type { Caller } from '../../throttle/throttle.ts'
import type { FactorEvent } from '../events.ts'
import { type BeginEmailAttemptDeps, beginEmailAttempt, EMAIL_METHOD } from './begin-email-attempt.ts'
import type { EmailLoginMode } from './settings.ts'

/** Dependencies of `requestEmailLogin`. */
export interface RequestEmailLoginDeps extends BeginEmailAttemptDeps {
  readonly passwords: PasswordStore
  readonly users: UserStore
  readonly emailLogin: EmailLoginMode
}

/** The email address as typed, and who asks. */
export interface RequestEmailLoginInput {
  readonly email: string
  readonly remember: boolean
  readonly caller: Caller
}

/**
 * Begins a login by email: sends a code and a link. Any text is taken. If the address has no account, its account is disabled, or it
 * received too many emails recently, an attempt that cannot be completed and a decoy email are stored: the work and the answer are the
 * same in every case. With `emailLogin: 'register'` an address without an account gets the email, too.
 * @returns the token of the attempt.
 * @throws Refusal `too_many_requests` if the network asked too often; `unavailable`.
 */
export async function requestEmailLogin(
  deps: RequestEmailLoginDeps,
  { email: typed, remember, caller }: RequestEmailLoginInput,
  stamp: Stamp<FactorEvent>,
): Promise<Token> {
  await takeEmailLoginBudget(deps.throttle, caller)
  const email = parseEmailAddress(typed)
  const credential = email === null ? null : await deps.passwords.findByEmail(email)
  const isFree = deps.emailLogin === 'register' && email !== null && (await isFreeAddress(deps, email))
  const known = credential === null ? null : { userId: credential.user.id, securityEpoch: credential.securityEpoch }
  const mayMail = await takeCodeBudget(deps, { account: email ?? typed, user: known }, caller)
  const owner = credential?.disabled === false ? known : null
  const isSent = mayMail && (owner !== null || isFree)
  return beginEmailAttempt(deps, { owner, email, isSent, remember, caller }, stamp)
}

async function isFreeAddress({ users, clock }: RequestEmailLoginDeps, email: EmailAddress): Promise<boolean> {
  return (await users.findTaken([email], clock())).length === 0
}

/**
 * Counts an email with a code. A browser that logged in to the account before has a budget of its own, so that a stranger who floods
 * the address does not keep its owner from logging in.
 */
export async function takeCodeBudget(
  { throttle }: Pick<BeginEmailAttemptDeps, 'throttle'>,
  { account, user }: { readonly account: string; readonly user: DeviceUser | null },
  { device }: Caller,
): Promise<boolean> {
  const isKnown = throttle.devices.knows(device, user)
  return takeMailBudget(throttle, EMAIL_METHOD, isKnown && device !== null ? `${account} ${device.id}` : account)
}
