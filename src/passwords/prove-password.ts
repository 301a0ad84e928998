import type { PasswordHash, PasswordHasher } from '../crypto/password-hasher.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import { type PasswordSubject, type PasswordTry, withPasswordTry } from '../throttle/password-tries.ts'
import type { Caller } from '../throttle/throttle.ts'
import { type DisablePasswordDeps, disableAfterFailures } from './disable-password.ts'
import { toPassword } from './password.ts'
import type { PasswordCredential } from './store.ts'

/** Dependencies of `provePasswordByEmail` and `provePasswordById`. */
export interface ProvePasswordDeps extends DisablePasswordDeps {
  readonly hasher: PasswordHasher
}

/** Outcome of an attempt. `reason` is for events only: a client never learns it. */
export type PasswordProof =
  | {
      readonly proven: true
      readonly credential: PasswordCredential & { readonly hash: PasswordHash }
      readonly tried: PasswordTry
    }
  | {
      readonly proven: false
      readonly userId: UserId | null
      readonly reason: 'unknown_user' | 'no_password' | 'wrong_password' | 'disabled' | 'password_disabled'
    }

/**
 * Checks an email address and a password. Existing, unknown, disabled and malformed accounts all cost the same: one
 * read, one attempt of the same budget, and one hash (DESIGN promise 7).
 * @throws Refusal `too_many_requests`, `overloaded`, `unavailable`.
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
 * Checks the password of a known user, within the same budget as `provePasswordByEmail`.
 * @throws Refusal `too_many_requests`, `overloaded`, `unavailable`.
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

type Reason = (PasswordProof & { readonly proven: false })['reason']

interface Claim {
  readonly account: string
  readonly credential: PasswordCredential | null
  /** The password as typed. */
  readonly password: string
}

/** A right password. */
interface ProvenPassword {
  readonly proven: true
  readonly credential: PasswordCredential
  readonly hash: PasswordHash
  readonly tried: PasswordTry
}

/** The result of a check, before its consequences. */
type Judgement = ProvenPassword | { readonly proven: false; readonly reason: Reason; readonly tried: PasswordTry }

async function prove(deps: ProvePasswordDeps, claim: Claim, caller: Caller): Promise<PasswordProof> {
  const { credential, password } = claim
  const judgement = await withPasswordTry(deps.throttle, subjectOf(claim), caller, (tried) => judge(deps, claim, tried))
  const { tried } = judgement
  if (!judgement.proven) {
    await disableAfterFailures(deps, credential, { tried, caller })
    return { proven: false, userId: credential?.user.id ?? null, reason: judgement.reason }
  }
  const { credential: proven, hash: known } = judgement
  const hash = deps.hasher.needsRehash(known) ? await rehash(deps, { ...judgement, password }) : known
  return { proven: true, credential: { ...proven, hash }, tried }
}

/** Checks the password. It computes a hash in every case, so that all outcomes take the same time. */
async function judge({ hasher }: ProvePasswordDeps, claim: Claim, tried: PasswordTry): Promise<Judgement> {
  const { credential, password } = claim
  const hash = credential?.hash ?? null
  const matches = await hasher.verify(toPassword(password), hash, { typed: password, place: tried.place })
  if (credential === null) return { proven: false, reason: 'unknown_user', tried }
  if (hash === null) return { proven: false, reason: 'no_password', tried }
  const reason = refusalReason(credential, matches, tried)
  return reason === null ? { proven: true, credential, hash, tried } : { proven: false, reason, tried }
}

function subjectOf({ account, credential }: Claim): PasswordSubject {
  if (credential === null) return { account, user: null }
  return { account, user: { userId: credential.user.id, securityEpoch: credential.securityEpoch } }
}

function refusalReason(
  credential: PasswordCredential,
  matches: boolean,
  { isKnownDevice }: PasswordTry,
): Reason | null {
  if (!matches) return 'wrong_password'
  if (credential.disabled) return 'disabled'
  const isDisabled = credential.disabledFor === 'everyone' || (credential.disabledFor === 'strangers' && !isKnownDevice)
  return isDisabled ? 'password_disabled' : null
}

/** Replaces a hash of another cost or another system. */
async function rehash(
  { hasher, passwords }: ProvePasswordDeps,
  { credential: { user }, hash, password, tried }: ProvenPassword & { readonly password: string },
): Promise<PasswordHash> {
  const newHash = await hasher.hash(toPassword(password), tried.place)
  await passwords.rehash(user.id, hash, newHash)
  return newHash
}
