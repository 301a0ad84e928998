/*
 * First login of a user who exists only in an old system. The application asks the old system whether the password is
 * right. If it is, a user is created here with the typed password, hashed with our parameters. The policy for new
 * passwords does not apply, because the password is not new and the user must be able to log in. The old system is
 * never asked about a user who has a password here.
 *
 * Cost for promise 7: the time of a refusal reveals whether the old system was asked, that is, whether the address has
 * a password here. Proven by test/legacy-login.test.ts.
 */

import { z } from 'zod'
import { type CreateUserDeps, createUser } from '../accounts/create-user.ts'
import type { AccountEvent } from '../accounts/events.ts'
import { ACCOUNT_REFUSALS } from '../accounts/refusals.ts'
import { nameSchema } from '../accounts/user-name.ts'
import { booleanSchema, describeProblems, strictMembers } from '../kernel/arguments.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { toPassword } from '../passwords/password.ts'
import { type PasswordProof, type ProvePasswordDeps, provePasswordByEmail } from '../passwords/prove-password.ts'
import { provenHashPlace } from '../throttle/hash-places.ts'
import { forgetFailures } from '../throttle/password-tries.ts'
import type { LoginCheck, Typed } from './check.ts'

/** A user of an old system whose password is right. */
export interface LegacyUser {
  readonly name?: string | null | undefined
  /** True if the old system verified the email address. Default false. */
  readonly emailVerified?: boolean | undefined
}

/**
 * Looks up a user in an old system by email address (normalized) and password (as typed). Returns null if the user is
 * unknown or the password is wrong. An error, or no answer within 5 seconds, is reported and counts as null.
 */
export type VerifyLegacy = (credentials: {
  readonly email: string
  readonly password: string
}) => Promise<LegacyUser | null>

/** Dependencies of `legacyLogin`. */
export interface LegacyLoginDeps extends CreateUserDeps, ProvePasswordDeps {
  readonly verifyLegacy: VerifyLegacy | undefined
  readonly report: (error: unknown) => void
}

const DEADLINE_MS = 5_000

const answerSchema = strictMembers({
  name: z.string('must be a text').nullish(),
  emailVerified: booleanSchema.optional(),
}).nullable()

/**
 * Returns the check that asks the old system after a failed proof. Without an old system, it returns every proof
 * unchanged.
 */
export function legacyLogin(deps: LegacyLoginDeps): LoginCheck {
  const { verifyLegacy } = deps
  if (verifyLegacy === undefined) return async (proof) => proof
  return async (proof, typed, caller) => {
    const email = hasNoPassword(proof) && typed.password.isWellFormed() ? parseEmailAddress(typed.email) : null
    if (email === null) return proof
    const credential = await deps.passwords.findByEmail(email)
    if (credential?.disabled === true) return proof
    // Another login created the password at the same moment.
    if (credential !== null && credential.hash !== null) return provePasswordByEmail(deps, typed, caller)
    const known = await ask(verifyLegacy, { email, password: typed.password }).catch(deps.report)
    if (!known) return proof
    await adopt(deps, { known, email, userId: credential?.user.id ?? null, password: typed.password }, caller.stamp)
    await forgetFailures(deps.throttle, email) // the attempt succeeded, but it was counted as a failure
    return provePasswordByEmail(deps, typed, caller)
  }
}

function hasNoPassword(proof: PasswordProof): boolean {
  return !proof.proven && ['unknown_user', 'no_password'].includes(proof.reason)
}

/** Returns the answer of the old system. Throws an Error if the answer is invalid or takes too long. */
async function ask(verifyLegacy: VerifyLegacy, credentials: Typed): Promise<LegacyUser | null> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`verifyLegacy took over ${DEADLINE_MS} ms`)), DEADLINE_MS)
  try {
    const answer: unknown = await Promise.race([verifyLegacy(credentials), tooLate])
    const { data, error } = answerSchema.safeParse(answer)
    if (data !== undefined) return data
    throw new TypeError(describeProblems('verifyLegacy must return null or an object', error))
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Stores the user and password that the old system confirmed. Another request may have stored them at the same moment;
 * that is not an error.
 */
async function adopt(
  deps: LegacyLoginDeps,
  { known, email, userId, password: text }: Adoption,
  stamp: Stamp<AccountEvent | PasswordEvent>,
): Promise<void> {
  const password = toPassword(text)
  const place = provenHashPlace(deps.throttle, email)
  if (userId !== null) {
    const hash = await deps.hasher.hash(password, place)
    const events = [stamp({ type: 'password.changed', userId, sessionId: null })]
    await deps.passwords.addFirst({ userId, hash, setAt: deps.clock() }, () => ({ events }))
    return
  }
  const name = nameSchema.safeParse(known.name).data ?? null // an invalid name does not stop the login
  try {
    await createUser(
      deps,
      { email, name, password, events: [] },
      { stamp, place, emailVerified: known.emailVerified === true },
    )
  } catch (error) {
    if (!(error instanceof Refusal && error.code === ACCOUNT_REFUSALS.email_taken.code)) throw error
  }
}

interface Adoption {
  readonly known: LegacyUser
  readonly email: EmailAddress
  /** Null if the user does not exist yet. */
  readonly userId: UserId | null
  readonly password: string
}
