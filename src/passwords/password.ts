/*
 * Rules for new passwords (NIST SP 800-63B-4 section 3.1.1): 15 to 1,024 code points, Unicode NFC and no other change,
 * no composition rules. Refused: lone surrogates, passwords built from the email address or the name of the user or the
 * site, common passwords, and, if a list is configured, breached passwords. Not refused: repetitions (decision 39).
 */
import type { Stamp, StampedEvent } from '../kernel/event.ts'
import type { FieldProblem } from '../kernel/field-problem.ts'
import { invalidMember } from '../kernel/refusal.ts'
import type { IsBreached } from './breach-list.ts'
import { codePoints } from './code-points.ts'
import type { IsCommon } from './common-passwords.ts'
import { isBuiltFromContext } from './context-words.ts'
import type { PasswordEvent } from './events.ts'

declare const passwordBrand: unique symbol

/** A password in NFC, short enough to be hashed. It is not yet checked against the policy for new passwords. */
export type Password = string & { readonly [passwordBrand]: true }

/** Rules for new passwords. */
export interface PasswordPolicy {
  /** Minimum number of code points. */
  readonly minLength: number
  /** Words that a password must not be built from, in addition to the user's name and email address: site, brand, host. */
  readonly contextWords: readonly string[]
  readonly isCommon: IsCommon
  /** Null if no list of breached passwords is configured. */
  readonly isBreached: IsBreached | null
}

/** Dependencies of `acceptNewPassword`. */
export interface PasswordPolicyDeps {
  readonly policy: PasswordPolicy
}

/** A new password that the policy accepts. */
export interface AcceptedPassword {
  readonly password: Password
  /** Events to store with the password. Nothing is recorded about a password that is refused later (CWE-770). */
  readonly events: readonly StampedEvent[]
}

/** The user of a new password, and its place in the request body. */
export interface PasswordContext {
  readonly email: string
  readonly name: string | null
  /** Null if the user is being registered. */
  readonly userId: string | null
  /** The body member that contains the password, as a URI fragment. */
  readonly pointer: string
  readonly stamp: Stamp<PasswordEvent>
}

/** Maximum number of code points of a password. */
export const MAX_PASSWORD_LENGTH = 1_024

const TOO_LONG: PasswordProblem = {
  code: 'too_long',
  values: { max: MAX_PASSWORD_LENGTH },
  detail: `Must have at most ${MAX_PASSWORD_LENGTH} characters.`,
}

/** Normalizes a typed password into the form that is hashed: NFC, complete, not truncated (ASVS 6.2.8). */
export function toPassword(text: string): Password {
  return text.normalize('NFC') as Password
}

/**
 * Checks a new password against the policy. If the list of breached passwords does not answer, the password is accepted
 * with an event that reports it.
 * @throws Refusal `validation_failed`, which says how to correct the password.
 */
export async function acceptNewPassword(
  { policy }: PasswordPolicyDeps,
  text: string,
  context: PasswordContext,
): Promise<AcceptedPassword> {
  // Before the text is normalized, which takes quadratic time for many combining marks (CWE-1333).
  if (text.length > MAX_PASSWORD_LENGTH * 2) throw invalidMember(context.pointer, TOO_LONG.detail, TOO_LONG)
  const password = toPassword(text)
  const problem = findPasswordProblem(policy, password, context)
  if (problem !== null) throw invalidMember(context.pointer, problem.detail, problem)
  if (await policy.isCommon(password))
    throw invalidMember(context.pointer, 'Must not be a common password.', { code: 'common_password' })
  return { password, events: await checkBreaches(policy.isBreached, password, context) }
}

/**
 * Checks a new password as far as that needs no outgoing call: of a body that is refused anyway, the list of breached
 * passwords learns nothing.
 * @throws Refusal `validation_failed`.
 */
export async function checkNewPassword(
  { policy }: PasswordPolicyDeps,
  text: unknown,
  context: PasswordContext,
): Promise<void> {
  if (typeof text !== 'string') return
  await acceptNewPassword({ policy: { ...policy, isBreached: null } }, text, context)
}

/** Returns the events of the check. Throws the refusal if the password was in a breach. */
async function checkBreaches(
  isBreached: IsBreached | null,
  password: Password,
  { userId, pointer, stamp }: PasswordContext,
): Promise<readonly StampedEvent[]> {
  const failures: StampedEvent[] = []
  const isKnown = await isBreached?.(password).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    failures.push(stamp({ type: 'password.breach_check_failed', userId, reason }))
  })
  if (isKnown === true) {
    throw invalidMember(pointer, 'Was found in a data breach, so attackers know it. Choose another one.', {
      code: 'breached_password',
      isCostly: true,
    })
  }
  return failures
}

/** A problem of a new password: for pages, and in English for the API. */
interface PasswordProblem extends FieldProblem {
  readonly detail: string
}

function findPasswordProblem(
  policy: PasswordPolicy,
  password: Password,
  { email, name }: PasswordContext,
): PasswordProblem | null {
  if (!password.isWellFormed())
    return { code: 'not_unicode', detail: 'Must be valid Unicode, without lone surrogates.' }
  const length = codePoints(password)
  const { minLength } = policy
  if (length < minLength) {
    const detail = `Must have at least ${minLength} characters. A few words make a good one.`
    return { code: 'too_short', values: { min: minLength }, detail }
  }
  if (length > MAX_PASSWORD_LENGTH) return TOO_LONG
  if (isBuiltFromContext(password, email, name === null ? policy.contextWords : [name, ...policy.contextWords])) {
    const detail = 'Must not be built from your name, your email address or the name of this site.'
    return { code: 'from_context', detail }
  }
  return null
}
