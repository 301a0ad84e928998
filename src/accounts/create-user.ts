import type { PasswordHash, PasswordHasher } from '../crypto/password-hasher.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Effects } from '../kernel/effects.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import { newUserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { acceptNewPassword, type Password, type PasswordPolicyDeps } from '../passwords/password.ts'
import type { SessionRecord, SessionRef } from '../sessions/store.ts'
import type { AccountEvent } from './events.ts'
import { ACCOUNT_REFUSALS } from './refusals.ts'
import type { UserStore } from './store.ts'
import { nameSchema } from './user-name.ts'

/** What making users works with. */
export interface CreateUserDeps extends PasswordPolicyDeps {
  readonly users: UserStore
  readonly hasher: PasswordHasher
  readonly clock: Clock
}

/** Where the security epoch of a new user stands. */
export const FIRST_SECURITY_EPOCH = 0

/** A user to be. */
export interface CreateUserInput {
  readonly email: string
  readonly password: string
  readonly name?: string | undefined
}

/** What was accepted of a user to be. */
export interface AcceptedUser {
  readonly email: EmailAddress
  readonly name: string | null
  readonly password: Password
}

/** How a user comes to be: by registering or by the application. */
export interface CreateUserContext {
  readonly stamp: Stamp<AccountEvent>
  /** The address was proven before. Default false. */
  readonly emailVerified?: boolean
  /** What is stored with the user, all or nothing. Default nothing. */
  readonly extras?: (user: User) => Promise<CreateUserExtras>
}

/** What is stored with a user. */
export interface CreateUserExtras {
  readonly firstSession?: SessionRecord
  /** The session that ends with it. */
  readonly replaces?: SessionRef | null
  readonly verification?: OneTimeToken | undefined
  readonly invitation?: OneTimeToken | undefined
  readonly effects: Effects
}

/** Accepts or refuses what a user is to be made of. Throws validation_failed. */
export async function acceptUser(
  deps: PasswordPolicyDeps,
  input: CreateUserInput,
  stamp: Stamp<PasswordEvent>,
): Promise<AcceptedUser> {
  const email = parseEmailAddress(input.email)
  if (email === null) throw invalidMember('#/email', 'Must be an email address, such as ada@example.com.')
  const name = input.name === undefined ? null : acceptName(input.name)
  const context = { email, userId: null, pointer: '#/password', stamp }
  return { email, name, password: await acceptNewPassword(deps, input.password, context) }
}

/**
 * Makes a user.
 * @throws email_taken; token_invalid when the invitation was used meanwhile.
 */
export async function createUser(
  deps: CreateUserDeps,
  accepted: AcceptedUser,
  context: CreateUserContext,
): Promise<User> {
  if ((await deps.users.findByEmail(accepted.email)) !== null) throw new Refusal(ACCOUNT_REFUSALS.email_taken)
  const passwordHash = await deps.hasher.hash(accepted.password)
  return storeUser(deps, { ...accepted, passwordHash }, context)
}

/**
 * Stores a user whose password is hashed.
 * @throws email_taken; token_invalid when the invitation was used meanwhile.
 */
export async function storeUser(
  deps: Pick<CreateUserDeps, 'users' | 'clock'>,
  { email, name, passwordHash }: Omit<AcceptedUser, 'password'> & { readonly passwordHash: PasswordHash },
  { stamp, emailVerified = false, extras }: CreateUserContext,
): Promise<User> {
  const user: User = { id: newUserId(deps.clock), email, emailVerified, name, createdAt: deps.clock() }
  const { firstSession = null, replaces = null, verification, invitation, effects } = (await extras?.(user)) ?? NOTHING
  const newUser = { user, passwordHash, firstSession, replaces, verification, invitation }
  const outcome = await deps.users.create(newUser, () => ({
    ...effects,
    events: [stamp({ type: 'user.created', userId: user.id }), ...effects.events],
  }))
  if (outcome === 'invitation_used')
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, { reason: 'used meanwhile' })
  if (outcome === 'email_taken') {
    throw new Refusal(ACCOUNT_REFUSALS.email_taken, { reason: 'registered by another request at the same moment' })
  }
  return user
}

const NOTHING: CreateUserExtras = { effects: { events: [] } }

function acceptName(text: string): string {
  const { success, data, error } = nameSchema.safeParse(text)
  if (!success) throw invalidMember('#/name', error.issues[0]?.message ?? 'Must be a name.')
  return data
}
