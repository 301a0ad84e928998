import type { Told } from '../audit/tell.ts'
import type { PasswordHasher } from '../crypto/password-hasher.ts'
import type { Clock } from '../kernel/clock.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { Note } from '../kernel/event.ts'
import { newUserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import { acceptNewPassword, type PasswordPolicy } from '../passwords/password.ts'
import type { SessionRecord, SessionRef } from '../sessions/store.ts'
import type { UserStore } from './store.ts'
import { nameSchema } from './user-name.ts'

/** What making users works with. */
export interface CreateUserDeps {
  readonly users: UserStore
  readonly hasher: PasswordHasher
  readonly policy: PasswordPolicy
  readonly clock: Clock
}

/** A user to be. */
export interface CreateUserInput {
  readonly email: string
  readonly password: string
  readonly name?: string | undefined
}

/** How a user comes to be: by registering, with a session, or by the application, without. */
export interface CreateUserContext {
  readonly note: Note
  /** Gives the session to store with the user, all or nothing; null for none. */
  readonly startSession: (user: User) => SessionRecord | null
  /** What is told besides. */
  readonly tell?: (user: User) => Told
  /** The session that ends with it. */
  readonly replaces: SessionRef | null
}

/**
 * Makes a user.
 * @throws validation_failed for an email or a password that is not acceptable, email_taken.
 */
export async function createUser(
  deps: CreateUserDeps,
  input: CreateUserInput,
  { note, startSession, replaces, tell }: CreateUserContext,
): Promise<User> {
  const email = acceptEmail(input.email)
  const name = input.name === undefined ? null : acceptName(input.name)
  const password = acceptNewPassword(deps.policy, input.password, { email, pointer: '#/password' })
  if ((await deps.users.findByEmail(email)) !== null) throw new Refusal('email_taken')
  const passwordHash = await deps.hasher.hash(password)
  const user: User = {
    id: newUserId(deps.clock),
    email,
    emailVerified: false,
    name,
    createdAt: deps.clock(),
  }
  const newUser = { user, passwordHash, firstSession: startSession(user), replaces }
  const created = await deps.users.create(newUser, () => {
    const { events, mails = [] } = tell?.(user) ?? { events: [] }
    return { events: [note({ type: 'user.created', userId: user.id }), ...events], mails }
  })
  if (!created) throw new Refusal('email_taken', { reason: 'registered by another request at the same moment' })
  return user
}

function acceptName(text: string): string {
  const { success, data, error } = nameSchema.safeParse(text)
  if (!success) throw invalidMember('#/name', error.issues[0]?.message ?? 'Must be a name.')
  return data
}

function acceptEmail(text: string): EmailAddress {
  const email = parseEmailAddress(text)
  if (email === null) throw invalidMember('#/email', 'Must be an email address, such as ada@example.com.')
  return email
}
