import { z } from 'zod'
import { acceptArgument, booleanSchema, pageLimitSchema, strictMembers } from '../kernel/arguments.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import { parseUserId } from '../kernel/ids.ts'
import { withIsoTimes } from '../kernel/iso-times.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { acceptUser, type CreateUserDeps, type CreateUserInput, createUser } from './create-user.ts'
import { type DeleteUserDeps, deleteUser } from './delete-user.ts'
import { type DisableUserDeps, disableUser } from './disable-user.ts'
import { type EnableUserDeps, enableUser } from './enable-user.ts'
import type { AccountEvent } from './events.ts'
import { type ExportUsersDeps, exportUsers } from './export-users.ts'
import { type ForcePasswordResetDeps, forcePasswordReset } from './force-password-reset.ts'
import type { ImportLine } from './import-types.ts'
import {
  type ImportLines,
  type ImportOptions,
  type ImportResult,
  type ImportUsersDeps,
  importUsers,
} from './import-users.ts'
import type { UserRecord } from './store.ts'
import { type UnlockUserDeps, unlockUser } from './unlock-user.ts'

/**
 * Server-side calls about users, for the application itself. None of them is reachable over HTTP. Unknown ids throw
 * `not_found`.
 */
export interface ServerSideUsers {
  /** Creates a user, regardless of the registration setting. Throws `validation_failed`, `email_taken`. */
  create(input: CreateUserInput & { readonly emailVerified?: boolean }): Promise<User>
  /**
   * Imports users of another system, in batches of one transaction each. Existing users are not changed. Throws an
   * Error that names the package to install if hashes cannot be verified here; throws `unavailable`. After an error,
   * run the import again: it continues after the users that were stored.
   */
  import(lines: ImportLines, options?: ImportOptions): Promise<ImportResult>
  /**
   * Returns all users with their password hashes and factors, and all open invitations, in the form that `import` reads.
   * Protect the result like the database.
   */
  export(): AsyncIterable<ImportLine>
  /** Returns a user by id or by email address; null if the user does not exist. */
  find(idOrEmail: string): Promise<UserRecord | null>
  /**
   * Returns a page of users in the order of creation: at most `limit` (default 100, at most 1,000) after the id `after`.
   * Throws `validation_failed`.
   */
  list(page?: { readonly after?: string; readonly limit?: number }): Promise<UserRecord[]>
  /**
   * Disables a user: revokes their sessions at once and refuses every login. Does nothing if the user is already
   * disabled.
   */
  disable(id: string): Promise<void>
  /** Enables a disabled user. Does nothing if the user is enabled. */
  enable(id: string): Promise<void>
  /** Deletes a user with all their data. */
  delete(id: string): Promise<void>
  /**
   * Disables a user's password until it is reset, and revokes their sessions at once. Does nothing if the user has no
   * password.
   */
  forcePasswordReset(id: string): Promise<void>
  /** Enables a password that was disabled after too many failures or by `forcePasswordReset`. */
  unlock(id: string): Promise<void>
}

const DEFAULT_PAGE = 100

const NO_USER = 'must be the id of a user'

const newUserSchema = strictMembers({
  email: z.string('must be an email address, such as ada@example.com'),
  password: z.string('must be a password'),
  name: z.string('must be a name').optional(),
  emailVerified: booleanSchema.optional(),
})

const pageSchema = strictMembers({
  after: z
    .string(NO_USER)
    .refine((text) => parseUserId(text) !== null, NO_USER)
    .optional(),
  limit: pageLimitSchema.optional(),
})

const idOrEmailSchema = z.string('must be the id or the email address of a user')

/** Dependencies of the server-side calls about users. */
export interface ServerSideUsersDeps
  extends CreateUserDeps,
    DeleteUserDeps,
    DisableUserDeps,
    EnableUserDeps,
    ExportUsersDeps,
    ForcePasswordResetDeps,
    ImportUsersDeps,
    UnlockUserDeps {}

/** Creates the server-side calls about users. */
export function createServerSideUsers(
  deps: ServerSideUsersDeps,
  stamp: Stamp<AccountEvent | PasswordEvent>,
): ServerSideUsers {
  const { users } = deps

  async function find(text: string): Promise<UserRecord | null> {
    const idOrEmail = acceptArgument(idOrEmailSchema, text)
    const id = parseUserId(idOrEmail)
    if (id !== null) return users.findById(id)
    const email = parseEmailAddress(idOrEmail)
    return email === null ? null : users.findByEmail(email)
  }

  async function known(idText: string): Promise<UserRecord> {
    const id = parseUserId(idText)
    const user = id === null ? null : await users.findById(id)
    if (user === null) throw new Refusal('not_found', { detail: 'There is no user with this id.' })
    return user
  }

  return {
    async find(idOrEmail) {
      const user = await find(idOrEmail)
      return user === null ? null : withIsoTimes(user)
    },
    async create(wanted) {
      const { emailVerified = false, ...input } = acceptArgument(newUserSchema, wanted)
      return withIsoTimes(await createUser(deps, await acceptUser(deps, input, stamp), { stamp, emailVerified }))
    },
    import: async (lines, options = {}) => importUsers(deps, lines, options, stamp),
    export: () => exportUsers(deps),
    async list(page = {}) {
      const { after, limit = DEFAULT_PAGE } = acceptArgument(pageSchema, page)
      const found = await users.list({ after: after === undefined ? null : parseUserId(after), limit })
      return found.map(withIsoTimes)
    },
    async disable(id) {
      await disableUser(deps, (await known(id)).id, stamp)
    },
    async enable(id) {
      await enableUser(deps, (await known(id)).id, stamp)
    },
    async delete(id) {
      await deleteUser(deps, (await known(id)).id, stamp)
    },
    async forcePasswordReset(id) {
      await forcePasswordReset(deps, (await known(id)).id, stamp)
    },
    async unlock(id) {
      await unlockUser(deps, await known(id), stamp)
    },
  }
}
