import { z } from 'zod'
import type { UserStore } from '../accounts/store.ts'
import { acceptArgument, booleanSchema, strictMembers } from '../kernel/arguments.ts'
import type { Stamp } from '../kernel/event.ts'
import { withIsoTimes } from '../kernel/iso-times.ts'
import type { User } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import { requireUserId } from '../kernel/require-user-id.ts'
import type { PasswordStore } from '../passwords/store.ts'
import type { FactorEvent } from './events.ts'
import type { PasskeyStore } from './passkeys/store.ts'
import type { RecoveryEvent } from './recovery/events.ts'
import { removeNow } from './recovery/remove-now.ts'
import { type RequestRemovalDeps, requestRemoval } from './recovery/request-removal.ts'
import type { FactorRemoval, RemovableFactor } from './recovery/store.ts'
import type { RecoveryCodeStore } from './recovery-codes/store.ts'
import type { TotpStore } from './totp/store.ts'

/** The factors of a user, without their secrets. Times are milliseconds since 1970 UTC. */
export interface UserFactors {
  /** True if the account has a password. */
  readonly password: boolean
  readonly passkeys: readonly {
    readonly id: string
    readonly name: string
    readonly createdAt: number
    readonly lastUsedAt: number | null
  }[]
  /** Null: no authenticator app is set up. */
  readonly totp: { readonly createdAt: number; readonly lastUsedAt: number | null } | null
  /** Null: there are none, or all are used. */
  readonly recoveryCodes: { readonly left: number; readonly createdAt: number } | null
  /** Removals that wait, the next one first. */
  readonly removals: readonly Pick<FactorRemoval, 'method' | 'requestedAt' | 'availableAt'>[]
}

/** Calls about second factors for the application itself. HTTP requests cannot reach them. */
export interface ServerSideFactors {
  /** Returns the factors of a user. Throws `not_found` if the user does not exist. */
  list(userId: string): Promise<UserFactors>
  /**
   * Removes a factor of a user: the authenticator app, all passkeys, or the recovery codes. Without `now`, it is removed after 72 hours:
   * the user is told by email and can cancel it. Throws `not_found` if the user does not exist or has no such factor;
   * `validation_failed`, also without `now` if this service sends no email; `too_many_requests`.
   * @returns when the factor is removed, in milliseconds since 1970 UTC; null if it was removed now.
   */
  remove(userId: string, method: RemovableFactor, options?: { readonly now?: boolean }): Promise<number | null>
}

const METHODS = ['totp', 'passkey', 'recovery_code'] as const

const methodSchema = z.enum(METHODS, `must be one of ${METHODS.join(', ')}`)
const optionsSchema = strictMembers({ now: booleanSchema.optional() })

/** Dependencies of the server-side calls about factors. */
export interface ServerSideFactorsDeps extends RequestRemovalDeps {
  readonly users: UserStore
  readonly passwords: PasswordStore
  readonly passkeys: PasskeyStore
  readonly totp: TotpStore
  readonly recoveryCodes: RecoveryCodeStore
}

/** Creates the server-side calls about factors. */
export function createServerSideFactors(
  deps: ServerSideFactorsDeps,
  stamp: Stamp<FactorEvent | RecoveryEvent>,
): ServerSideFactors {
  async function known(idText: string): Promise<User> {
    const user = await deps.users.findById(requireUserId(idText))
    if (user === null) throw new Refusal('not_found', { detail: 'There is no user with this id.' })
    return user
  }

  return {
    async list(userId) {
      return readUserFactors(deps, await known(userId))
    },
    async remove(userId, method, options = {}) {
      const factor = acceptArgument(methodSchema, method)
      const { now = false } = acceptArgument(optionsSchema, options)
      const user = await known(userId)
      if (now) {
        await removeNow(deps, { user, method: factor }, stamp)
        return null
      }
      if (deps.outbox.isOff) throw invalidMember('#/now', NO_EMAIL, { code: 'invalid' })
      const waiting = await requestRemoval(deps, { user, method: factor, securityEpoch: null }, stamp)
      if (waiting === null) throw new Refusal('not_found', { detail: 'The user has no such factor.' })
      return waiting.availableAt
    },
  }
}

const NO_EMAIL = 'Must be true: this service sends no email, so it cannot announce the removal.'

async function readUserFactors(deps: ServerSideFactorsDeps, { id }: User): Promise<UserFactors> {
  const [changedAt, passkeys, app, codes, removals] = await Promise.all([
    deps.passwords.findChangedAt(id),
    deps.passkeys.list(id),
    deps.totp.find(id),
    deps.recoveryCodes.find(id),
    deps.factorRemovals.list(id, deps.clock()),
  ])
  return {
    password: changedAt !== null,
    passkeys: passkeys.map(({ id: passkeyId, name, createdAt, lastUsedAt }) =>
      withIsoTimes({ id: passkeyId, name, createdAt, lastUsedAt }),
    ),
    totp:
      app === null || app.confirmedAt === null
        ? null
        : withIsoTimes({ createdAt: app.confirmedAt, lastUsedAt: app.lastUsedAt }),
    recoveryCodes: codes === null ? null : withIsoTimes(codes),
    removals: removals.map(({ method, requestedAt, availableAt }) =>
      withIsoTimes({ method, requestedAt, availableAt }),
    ),
  }
}
