/*
 * The first login of somebody whom only an old system knows: it is asked whether the password is right, and when it says
 * yes the user is made here, with the password that was typed, hashed by us. The policy for new passwords is not enforced
 * then: it is not a new one, and the person has to get in. Whoever has a password here is never asked about there.
 * What it costs promise 7: the time of a refusal tells whether the old system was asked, that is, whether the address has
 * a password here. Proved by test/legacy-login.test.ts.
 */

import { type CreateUserDeps, createUser } from '../accounts/create-user.ts'
import type { AccountEvent } from '../accounts/events.ts'
import { ACCOUNT_REFUSALS } from '../accounts/refusals.ts'
import { nameSchema } from '../accounts/user-name.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { toPassword } from '../passwords/password.ts'
import { type PasswordProof, type ProvePasswordDeps, provePasswordByEmail } from '../passwords/prove-password.ts'
import { forgetFailures } from '../throttle/password-tries.ts'
import type { LoginCheck, Typed } from './check.ts'

/** What an old system knows of a user whose password is right. */
export interface LegacyUser {
  readonly name?: string
  /** The old system saw proof of the address. Default false. */
  readonly emailVerified?: boolean
}

/**
 * Asks an old system for a user by email (in our normal form) and password (as typed). Null: unknown, or the wrong
 * password. Throwing, or 5 seconds without an answer, count as null and are reported.
 */
export type VerifyLegacy = (credentials: {
  readonly email: string
  readonly password: string
}) => Promise<LegacyUser | null>

/** What asking an old system works with. */
export interface LegacyLoginDeps extends CreateUserDeps, ProvePasswordDeps {
  readonly verifyLegacy: VerifyLegacy | undefined
  readonly report: (error: unknown) => void
}

const DEADLINE_MS = 5_000

/** The check that asks the old system after a failed proof. Without an old system every proof stays as it is. */
export function legacyLogin(deps: LegacyLoginDeps): LoginCheck {
  const { verifyLegacy } = deps
  if (verifyLegacy === undefined) return async (proof) => proof
  return async (proof, typed, caller) => {
    const email = hasNoPassword(proof) && typed.password.isWellFormed() ? parseEmailAddress(typed.email) : null
    if (email === null) return proof
    const credential = await deps.passwords.findByEmail(email)
    if (credential?.disabled === true) return proof
    // Another login has just adopted them.
    if (credential !== null && credential.hash !== null) return provePasswordByEmail(deps, typed, caller)
    const known = await ask(verifyLegacy, { email, password: typed.password }).catch(deps.report)
    if (!known) return proof
    await adopt(deps, { known, email, userId: credential?.user.id ?? null, password: typed.password }, caller.stamp)
    await forgetFailures(deps.throttle, email) // the try was a right one, though it was counted as a failure
    return provePasswordByEmail(deps, typed, caller)
  }
}

function hasNoPassword(proof: PasswordProof): boolean {
  return !proof.proven && ['unknown_user', 'no_password'].includes(proof.reason)
}

/** The answer of the old system. Throws Error when it is none, or comes too late. */
async function ask(verifyLegacy: VerifyLegacy, credentials: Typed): Promise<LegacyUser | null> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`verifyLegacy took over ${DEADLINE_MS} ms`)), DEADLINE_MS)
  try {
    const answer: unknown = await Promise.race([verifyLegacy(credentials), tooLate])
    if (typeof answer === 'object' && !Array.isArray(answer)) return answer
    throw new TypeError('verifyLegacy must give null or an object: { name?, emailVerified? }')
  } finally {
    clearTimeout(timer)
  }
}

/** Keeps what was proven elsewhere. Somebody else may have done so at the same moment, which is as good. */
async function adopt(
  deps: LegacyLoginDeps,
  { known, email, userId, password: text }: Adoption,
  stamp: Stamp<AccountEvent | PasswordEvent>,
): Promise<void> {
  const password = toPassword(text)
  if (userId !== null) {
    const hash = await deps.hasher.hash(password)
    const events = [stamp({ type: 'password.changed', userId, sessionId: null })]
    await deps.passwords.addFirst({ userId, hash, setAt: deps.clock() }, () => ({ events }))
    return
  }
  const name = nameSchema.safeParse(known.name).data ?? null // a name that we would refuse keeps nobody out
  try {
    await createUser(deps, { email, name, password }, { stamp, emailVerified: known.emailVerified === true })
  } catch (error) {
    if (!(error instanceof Refusal && error.code === ACCOUNT_REFUSALS.email_taken.code)) throw error
  }
}

interface Adoption {
  readonly known: LegacyUser
  readonly email: EmailAddress
  /** Null: there is no user yet. */
  readonly userId: UserId | null
  readonly password: string
}
