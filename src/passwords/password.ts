/*
 * What a password may be (NIST SP 800-63B-4 section 3.1.1): 15 to 1,024 code points, Unicode NFC and nothing else done
 * to it, no composition rules. Refused: lone surrogates, passwords made of the email or of the site's name, common ones,
 * and, where a list is configured, breached ones.
 */
import type { AuditStore } from '../audit/store.ts'
import type { Stamp } from '../kernel/event.ts'
import { invalidMember } from '../kernel/refusal.ts'
import type { IsBreached } from './breach-list.ts'
import type { IsCommon } from './common-passwords.ts'
import type { PasswordEvent } from './events.ts'

declare const passwordBrand: unique symbol

/** A password in NFC, of a length that is worth hashing. Not yet checked against the policy for new ones. */
export type Password = string & { readonly [passwordBrand]: true }

/** Rules for new passwords. */
export interface PasswordPolicy {
  /** Least number of code points. */
  readonly minLength: number
  /** Words that a password may not be built from, besides the user's own email: site, brand, host. */
  readonly contextWords: readonly string[]
  readonly isCommon: IsCommon
  /** Null: no list is asked. */
  readonly isBreached: IsBreached | null
}

/** What accepting a new password works with. */
export interface PasswordPolicyDeps {
  readonly policy: PasswordPolicy
  readonly audit: Pick<AuditStore, 'write'>
}

/** Whose password it is to be, and where it stood. */
export interface PasswordContext {
  readonly email: string
  /** Null: of somebody who is being registered. */
  readonly userId: string | null
  /** The body member that held it, as a URI fragment. */
  readonly pointer: string
  readonly stamp: Stamp<PasswordEvent>
}

/** Most code points of a password. */
export const MAX_PASSWORD_LENGTH = 1_024

const SHORTEST_CONTEXT_WORD = 4
/** A password of which so few code points remain without the context words is "built from" them. */
const LEAST_OWN_CHARACTERS = 8

/** Brings what was typed into the one form that is hashed: NFC, whole, uncut (ASVS 6.2.8). */
export function toPassword(text: string): Password {
  return text.normalize('NFC') as Password
}

/** Number of Unicode code points. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/**
 * Accepts or refuses a new password. A list of breached passwords that does not answer refuses nobody: an event tells it.
 * @throws validation_failed with what would be right.
 */
export async function acceptNewPassword(
  deps: PasswordPolicyDeps,
  text: string,
  context: PasswordContext,
): Promise<Password> {
  const { policy } = deps
  const password = toPassword(text)
  const problem = findPasswordProblem(policy, password, context.email)
  if (problem !== null) throw invalidMember(context.pointer, problem)
  if (await policy.isCommon(password)) throw invalidMember(context.pointer, 'Must not be a common password.')
  if (await isKnownBreached(deps, password, context)) {
    throw invalidMember(context.pointer, 'Was in a data breach elsewhere: others know it. Choose another one.')
  }
  return password
}

async function isKnownBreached(
  { policy, audit }: PasswordPolicyDeps,
  password: Password,
  { userId, stamp }: PasswordContext,
): Promise<boolean> {
  if (policy.isBreached === null) return false
  try {
    return await policy.isBreached(password)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    await audit.write({ events: [stamp({ type: 'password.breach_check_failed', userId, reason })] })
    return false
  }
}

function findPasswordProblem(policy: PasswordPolicy, password: Password, email: string): string | null {
  if (!password.isWellFormed()) return 'Must be valid Unicode, without lone surrogates.'
  const length = codePoints(password)
  if (length < policy.minLength)
    return `Must have at least ${policy.minLength} characters. A few words make a good one.`
  if (length > MAX_PASSWORD_LENGTH) return `Must have at most ${MAX_PASSWORD_LENGTH} characters.`
  if (isBuiltFrom(password, [email, ...email.split('@'), ...policy.contextWords])) {
    return 'Must not be built from your email address or the name of this site.'
  }
  return null
}

function isBuiltFrom(password: string, words: readonly string[]): boolean {
  const lowered = password.toLowerCase()
  const longestFirst = words
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= SHORTEST_CONTEXT_WORD)
    .sort((left, right) => right.length - left.length)
  const rest = longestFirst.reduce((text, word) => text.replaceAll(word, ''), lowered)
  return rest !== lowered && codePoints(rest) < LEAST_OWN_CHARACTERS
}
