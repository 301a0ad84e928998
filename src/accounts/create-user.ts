import type { Place } from '../crypto/bounded-queue.ts'
import type { PasswordHash, PasswordHasher } from '../crypto/password-hasher.ts'
import { checkAll } from '../kernel/all-problems.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Effects } from '../kernel/effects.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp, StampedEvent } from '../kernel/event.ts'
import type { NewIdentity } from '../kernel/identity.ts'
import { newUserId, type UserId } from '../kernel/ids.ts'
import type { Passkey } from '../kernel/passkey.ts'
import type { User } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import {
  type AcceptedPassword,
  acceptNewPassword,
  checkNewPassword,
  type PasswordPolicyDeps,
} from '../passwords/password.ts'
import type { SessionRecord, SessionRef } from '../sessions/store.ts'
import type { AccountEvent } from './events.ts'
import { ACCOUNT_REFUSALS } from './refusals.ts'
import type { UserStore } from './store.ts'
import { nameSchema } from './user-name.ts'

/** Dependencies of `createUser`. */
export interface CreateUserDeps extends PasswordPolicyDeps {
  readonly users: UserStore
  readonly hasher: PasswordHasher
  readonly clock: Clock
}

/** The security epoch of a new user. */
export const FIRST_SECURITY_EPOCH = 0

/** Input for a new user, not validated yet. */
export interface CreateUserInput {
  readonly email: string
  readonly password: string
  readonly name?: string | undefined
}

/** The validated profile of a new user. */
export interface AcceptedProfile {
  readonly email: EmailAddress
  readonly name: string | null
}

/** Validated input for a new user. */
export interface AcceptedUser extends AcceptedProfile, AcceptedPassword {}

/** What a new user logs in with: a password or a passkey. */
export interface FirstCredential {
  readonly passwordHash: PasswordHash | null
  readonly passkey?: Passkey | undefined
}

/** A new user who is ready to be stored. */
export interface ReadyUser extends AcceptedProfile, FirstCredential {
  /** Default: a new id. */
  readonly id?: UserId | undefined
  /** Events of the check of the password. Default: none. */
  readonly events?: readonly StampedEvent[] | undefined
}

/** Context of the creation of a user, by registration or by the application. */
export interface CreateUserContext {
  readonly stamp: Stamp<AccountEvent>
  /** True if the email address is already verified. Default false. */
  readonly emailVerified?: boolean
  /** The place of the hash in the queue. Default: the place of the application's own calls. */
  readonly place?: Place
  /** Returns the records that are stored in the same transaction as the user. Default: none. */
  readonly extras?: (user: User) => Promise<CreateUserExtras>
}

/** Records that are stored in the same transaction as a new user. */
export interface CreateUserExtras {
  readonly firstSession?: SessionRecord
  /** The session of the same browser that `firstSession` replaces. */
  readonly replaces?: SessionRef | null
  readonly verification?: OneTimeToken | undefined
  readonly invitation?: OneTimeToken | undefined
  /** The account at a provider that the user registers with. */
  readonly identity?: NewIdentity | undefined
  readonly effects: Effects
}

/** Validates the input for a new user. Throws `validation_failed` with all problems. */
export async function acceptUser(
  deps: PasswordPolicyDeps,
  input: CreateUserInput,
  stamp: Stamp<PasswordEvent>,
): Promise<AcceptedUser> {
  const context = { email: input.email, name: input.name ?? null, userId: null, pointer: '#/password', stamp }
  const [email, name, password] = await checkAll<[EmailAddress, string | null, AcceptedPassword]>(
    () => requireEmailAddress(input.email),
    () => (input.name === undefined ? null : acceptName(input.name)),
    () => acceptNewPassword(deps, input.password, context),
  )
  return { email, name, ...password }
}

/** Validates the email address and the name of a new user. Throws `validation_failed` with all problems. */
export async function acceptProfile(input: Omit<CreateUserInput, 'password'>): Promise<AcceptedProfile> {
  const [email, name] = await checkAll<[EmailAddress, string | null]>(
    () => requireEmailAddress(input.email),
    () => (input.name === undefined ? null : acceptName(input.name)),
  )
  return { email, name }
}

/** Checks the members of a body that the schema refused. Throws `validation_failed` with all problems. */
export async function checkRefusedUser(
  deps: PasswordPolicyDeps,
  { email, name, password }: Readonly<Record<string, unknown>>,
  stamp: Stamp<PasswordEvent>,
): Promise<void> {
  const given = { email: typeof email === 'string' ? email : '', name: typeof name === 'string' ? name : null }
  const context = { ...given, userId: null, pointer: '#/password', stamp }
  await checkAll(
    () => typeof email === 'string' && requireEmailAddress(email),
    () => typeof name === 'string' && acceptName(name),
    () => checkNewPassword(deps, password, context),
  )
}

/** Parses an email address of a body. Throws `validation_failed`. */
export function requireEmailAddress(text: string): EmailAddress {
  const email = parseEmailAddress(text)
  if (email === null)
    throw invalidMember('#/email', 'Must be an email address, such as ada@example.com.', { code: 'not_an_email' })
  return email
}

/**
 * Hashes the password and creates a user.
 * @throws Refusal `email_taken`; `token_invalid` if the invitation was used in the meantime.
 */
export async function createUser(
  deps: CreateUserDeps,
  accepted: AcceptedUser,
  context: CreateUserContext,
): Promise<User> {
  if ((await deps.users.findByEmail(accepted.email)) !== null) throw new Refusal(ACCOUNT_REFUSALS.email_taken)
  const passwordHash = await deps.hasher.hash(accepted.password, context.place)
  return storeUser(deps, { ...accepted, passwordHash }, context)
}

/**
 * Creates a user whose password is already hashed, or who has a passkey or nothing yet.
 * @throws Refusal `email_taken`; `token_invalid` if the invitation was used in the meantime.
 */
export async function storeUser(
  deps: Pick<CreateUserDeps, 'users' | 'clock'>,
  { id = newUserId(deps.clock), email, name, passwordHash, passkey, events = [] }: ReadyUser,
  { stamp, emailVerified = false, extras }: CreateUserContext,
): Promise<User> {
  const user: User = { id, email, emailVerified, name, createdAt: deps.clock() }
  const { firstSession = null, replaces = null, effects, ...more } = (await extras?.(user)) ?? NOTHING
  const newUser = { user, passwordHash, passkey, firstSession, replaces, ...more }
  const outcome = await deps.users.create(newUser, () => ({
    ...effects,
    events: [...events, stamp({ type: 'user.created', userId: user.id }), ...effects.events],
  }))
  if (outcome === 'invitation_used')
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, { reason: 'the invitation was used in the meantime' })
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
