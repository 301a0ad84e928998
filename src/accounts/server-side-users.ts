import { parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import { parseUserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { type AccountDeps, deleteUser, disableUser, enableUser } from './change-user.ts'
import { acceptUser, type CreateUserDeps, type CreateUserInput, createUser } from './create-user.ts'
import type { AccountEvent } from './events.ts'
import { type ImportLines, type ImportOptions, type ImportResult, importUsers } from './import-users.ts'
import type { UserRecord } from './store.ts'
import { forcePasswordReset, type UnlockDeps, unlockUser } from './unlock-user.ts'

/** Users, for the application itself: none of this is reachable over HTTP. Unknown ids throw `not_found`. */
export interface ServerSideUsers {
  /** Makes a user, whatever the setting of registration. Throws validation_failed, email_taken. */
  create(input: CreateUserInput & { readonly emailVerified?: boolean }): Promise<User>
  /**
   * Imports users of another system, in batches of one transaction each; whoever is there already is not changed.
   * Throws Error that says what to install when hashes cannot be verified here; `unavailable`. Run again, it goes on.
   */
  import(lines: ImportLines, options?: ImportOptions): Promise<ImportResult>
  /** Finds a user by id or by email; null when there is none. */
  find(idOrEmail: string): Promise<UserRecord | null>
  /** A page of users in the order of their creation: at most `limit` (default 100) after the id `after`. */
  list(page?: { readonly after?: string; readonly limit?: number }): Promise<UserRecord[]>
  /** Keeps a user from logging in and ends their sessions at once. Disabling a disabled user does nothing. */
  disable(id: string): Promise<void>
  /** Lets a disabled user log in again. Enabling an enabled user does nothing. */
  enable(id: string): Promise<void>
  /** Deletes a user with all that belongs to them. */
  delete(id: string): Promise<void>
  /** Disables a user's password until it is reset, and ends their sessions at once. Nothing where there is no password. */
  forcePasswordReset(id: string): Promise<void>
  /** Lets a password work again that was disabled, by too many failures or by force. */
  unlock(id: string): Promise<void>
}

const DEFAULT_PAGE = 100
const MAX_PAGE = 1_000

/** Makes the server-side calls about users. */
export function createServerSideUsers(
  deps: AccountDeps & CreateUserDeps & UnlockDeps,
  stamp: Stamp<AccountEvent | PasswordEvent>,
): ServerSideUsers {
  const { users } = deps

  async function find(idOrEmail: string): Promise<UserRecord | null> {
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
    find,
    async create({ emailVerified = false, ...input }) {
      return createUser(deps, await acceptUser(deps, input, stamp), { stamp, emailVerified })
    },
    import: (lines, options = {}) => importUsers(deps, lines, options, stamp),
    list({ after, limit = DEFAULT_PAGE } = {}) {
      return users.list({ after: after === undefined ? null : parseUserId(after), limit: Math.min(limit, MAX_PAGE) })
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
