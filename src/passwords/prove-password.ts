import type { PasswordHash, PasswordHasher } from '../crypto/password-hasher.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import {
  forgetFailedTries,
  giveBackPasswordTry,
  type PasswordSubject,
  type PasswordTry,
  takePasswordTry,
  waitForTurn,
} from '../throttle/password-tries.ts'
import type { Caller } from '../throttle/throttle.ts'
import { type DisablePasswordDeps, disableAfterFailures } from './disable-password.ts'
import { toPassword } from './password.ts'
import type { PasswordCredential } from './store.ts'

/** What proving a password works with. */
export interface ProvePasswordDeps extends DisablePasswordDeps {
  readonly hasher: PasswordHasher
}

/** Outcome of a try. `reason` is for events only: a client never learns which it was. */
export type PasswordProof =
  | {
      readonly proven: true
      readonly credential: PasswordCredential & { readonly hash: PasswordHash }
      /** False: the user never logged in with this browser before. */
      readonly isKnownDevice: boolean
    }
  | {
      readonly proven: false
      readonly userId: UserId | null
      readonly reason: 'unknown_user' | 'no_password' | 'wrong_password' | 'disabled' | 'password_disabled'
    }

/**
 * Checks an email and a password. Known, unknown, disabled and malformed all cost the same one read, one try of the same
 * budget, and one hash (DESIGN promise 7).
 * @throws too_many_requests, overloaded, unavailable.
 */
export async function provePasswordByEmail(
  deps: ProvePasswordDeps,
  { email, password }: { readonly email: string; readonly password: string },
  caller: Caller,
): Promise<PasswordProof> {
  const address = parseEmailAddress(email)
  const credential = address === null ? null : await deps.passwords.findByEmail(address)
  return prove(deps, { account: address ?? email, credential, password }, caller)
}

/**
 * Checks the password of a user who is known already, within the same budget as by email.
 * @throws too_many_requests, overloaded, unavailable.
 */
export async function provePasswordById(
  deps: ProvePasswordDeps,
  { userId, password }: { readonly userId: UserId; readonly password: string },
  caller: Caller,
): Promise<PasswordProof> {
  const credential = await deps.passwords.findByUserId(userId)
  const account = credential?.user.email ?? userId
  return prove(deps, { account, credential, password }, caller)
}

interface Claim {
  readonly account: string
  readonly credential: PasswordCredential | null
  /** As it was typed. */
  readonly password: string
}

async function prove(deps: ProvePasswordDeps, claim: Claim, caller: Caller): Promise<PasswordProof> {
  const endTurn = await waitForTurn(deps.throttle, subjectOf(claim), caller)
  try {
    return await tryPassword(deps, claim, caller)
  } finally {
    endTurn()
  }
}

async function tryPassword(deps: ProvePasswordDeps, claim: Claim, caller: Caller): Promise<PasswordProof> {
  const { credential, password } = claim
  const tried = await takePasswordTry(deps.throttle, subjectOf(claim), caller)
  const matches = await verify(deps, claim, tried)
  const hash = credential?.hash ?? null
  const reason = refusalReason(claim, matches, tried)
  if (reason !== null || credential === null || hash === null) {
    await disableAfterFailures(deps, credential, { tried, caller })
    return { proven: false, userId: credential?.user.id ?? null, reason: reason ?? 'wrong_password' }
  }
  await forgetFailedTries(deps.throttle, tried, caller)
  const newHash = await rehash(deps, { userId: credential.user.id, hash, password })
  return { proven: true, credential: { ...credential, hash: newHash }, isKnownDevice: tried.isKnownDevice }
}

function subjectOf({ account, credential }: Claim): PasswordSubject {
  if (credential === null) return { account, user: null }
  return { account, user: { userId: credential.user.id, securityEpoch: credential.securityEpoch } }
}

/** A try that got no turn at the hasher was none. */
async function verify(
  { hasher, throttle }: ProvePasswordDeps,
  { credential, password }: Claim,
  tried: PasswordTry,
): Promise<boolean> {
  try {
    return await hasher.verify(toPassword(password), credential?.hash ?? null, password)
  } catch (error) {
    await giveBackPasswordTry(throttle, tried)
    throw error
  }
}

function refusalReason(
  { credential }: Claim,
  matches: boolean,
  { isKnownDevice }: PasswordTry,
): (PasswordProof & { readonly proven: false })['reason'] | null {
  if (credential === null) return 'unknown_user'
  if (credential.hash === null) return 'no_password'
  if (!matches) return 'wrong_password'
  if (credential.disabled) return 'disabled'
  const isDisabled = credential.disabledFor === 'everyone' || (credential.disabledFor === 'strangers' && !isKnownDevice)
  return isDisabled ? 'password_disabled' : null
}

async function rehash(
  { hasher, passwords }: ProvePasswordDeps,
  { userId, hash, password }: { readonly userId: UserId; readonly hash: PasswordHash; readonly password: string },
): Promise<PasswordHash> {
  if (!hasher.needsRehash(hash)) return hash
  const newHash = await hasher.hash(toPassword(password))
  await passwords.rehash(userId, hash, newHash)
  return newHash
}
