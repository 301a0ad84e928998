import { SECOND_MS } from '../../kernel/clock.ts'
import { createChangeInbox } from '../change-inbox.ts'
import { callBoth, type OnStatement, type SessionStorage, type Stores } from '../storage.ts'
import { createRedisCounterStore } from './counters.ts'
import { openRedisLink, type RedisLink } from './redis-link.ts'
import { createSessionKeys } from './session-keys.ts'
import { toStored } from './session-record.ts'
import { carryOut, createRedisSessionStore, endAmong, putRotated, type RedisSessionDeps } from './sessions.ts'

/** How Redis is used. */
export interface RedisOptions {
  /** Before every key and channel, for several deployments on one server. Default `latchkey:`. */
  readonly prefix?: string
  /** Milliseconds after which a command is given up with 503. Default 2,000. */
  readonly deadlineMs?: number
  /** Told the name of each command, never its values, and how long it took. For counting and tracing. */
  readonly onStatement?: OnStatement
}

const DEFAULT_DEADLINE_MS = 2_000
/** How often a node looks for orders that another did not live to carry out. */
const CARRY_OUT_MS = SECOND_MS

/**
 * Keeps sessions in Redis (7 or newer) or Valkey, beside users in SQL: `createLatchkey({ storage, sessionStorage })`.
 * Needs the package `redis`.
 * @param url `redis://` or `rediss://` with `user:password@host:port`; `redis+cluster://one:6379,two:6379` for a cluster,
 *   `redis+sentinel://one:26379,two:26379/name` for Sentinel.
 */
export function redis(url: string, options: RedisOptions = {}): SessionStorage {
  const { prefix = 'latchkey:', deadlineMs = DEFAULT_DEADLINE_MS } = options
  return {
    async open(stores, orders, onStatement) {
      const inbox = createChangeInbox()
      const listener = callBoth(options.onStatement, onStatement)
      const link = await openRedisLink({ url, prefix, deadlineMs, inbox, onStatement: listener })
      const deps: RedisSessionDeps = {
        audit: stores.audit,
        keys: createSessionKeys(link),
        orders,
        inbox,
        listUsers: (after, limit) => stores.users.list({ after, limit }),
      }
      try {
        await refuseEviction(link)
        await carryOut(deps, null)
      } catch (error) {
        await link.stop()
        throw error
      }
      return keepSessionsInRedis(stores, deps, link)
    },
  }
}

/** The same stores with the sessions in Redis: what is ordered about users is carried out before the answer. */
function keepSessionsInRedis(stores: Stores, deps: RedisSessionDeps, link: RedisLink): Stores {
  const { keys } = deps
  let isCarryingOut = false
  const timer = setInterval(() => {
    if (isCarryingOut) return
    isCarryingOut = true
    carryOut(deps, null)
      .catch(() => undefined) // the orders stand, and the next look finds them
      .finally(() => {
        isCarryingOut = false
      })
  }, CARRY_OUT_MS).unref()

  return {
    ...stores,
    users: {
      ...stores.users,
      async create(newUser, effectsOf) {
        const { user, firstSession, replaces } = newUser
        const copy = { user, revision: 0, securityEpoch: 0 }
        // First the session, whose token nobody has yet: so the user is never there without it.
        if (firstSession !== null) await keys.put(toStored(firstSession.session, firstSession.tokenHash, copy))
        const created = await stores.users.create(newUser, effectsOf)
        const ending = created === 'created' ? replaces : (firstSession?.session ?? null)
        if (ending !== null) await endAmong(keys, ending.userId, ({ id }) => id === ending.id)
        return created
      },
      async verifyEmail(verification, effectsOf) {
        const verified = await stores.users.verifyEmail(verification, effectsOf)
        await carryOut(deps, verification.userId)
        return verified
      },
      async changeEmail(proof, effectsOf) {
        const outcome = await stores.users.changeEmail(proof, effectsOf)
        await carryOut(deps, proof.userId)
        return outcome
      },
      async undoEmailChange(undo, effectsOf) {
        const undone = await stores.users.undoEmailChange(undo, effectsOf)
        await carryOut(deps, undo.userId)
        return undone
      },
      async rename(id, name, effectsOf) {
        const user = await stores.users.rename(id, name, effectsOf)
        await carryOut(deps, id)
        return user
      },
      async disable(id, disabledAt, effectsOf) {
        const disabled = await stores.users.disable(id, disabledAt, effectsOf)
        await carryOut(deps, id)
        return disabled
      },
      async delete(id, effectsOf) {
        const deleted = await stores.users.delete(id, effectsOf)
        await carryOut(deps, id)
        return deleted
      },
    },
    passwords: {
      ...stores.passwords,
      async reset(reset, effectsOf) {
        const done = await stores.passwords.reset(reset, effectsOf)
        await carryOut(deps, reset.userId)
        return done
      },
      async change(change, effectsOf) {
        const { id, userId, oldTokenHash, newTokenHash } = change.keep
        // First the new token, which nobody has yet; the order then ends all sessions but the one under it.
        if ((await putRotated(keys, change.keep, change.securityEpoch + 1)) === null) return false
        const changed = await stores.passwords.change(change, effectsOf)
        // Where the old one is gone, somebody ended the session meanwhile, and it must not live on under the new one.
        const goesOn = changed && (await keys.end({ id, userId, tokenHash: oldTokenHash }))
        if (!goesOn) await keys.end({ id, userId, tokenHash: newTokenHash })
        if (changed) await carryOut(deps, userId)
        return changed
      },
      async forceReset(userId, effectsOf) {
        const forced = await stores.passwords.forceReset(userId, effectsOf)
        await carryOut(deps, userId)
        return forced
      },
    },
    accessTokens: {
      ...stores.accessTokens,
      async revoke(userId, id, effectsOf) {
        const revoked = await stores.accessTokens.revoke(userId, id, effectsOf)
        await carryOut(deps, userId)
        return revoked
      },
    },
    sessions: createRedisSessionStore(deps),
    counters: createRedisCounterStore(link),
    async ping() {
      await stores.ping()
      await link.command('PING', null)
    },
    async close() {
      clearInterval(timer)
      await link.stop()
      await stores.close()
    },
  }
}

/** A server that drops keys when memory is short could drop an index, whose sessions could then not be ended. */
async function refuseEviction(link: RedisLink): Promise<void> {
  const info = String(await link.command('INFO', null, 'memory'))
  const limit = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0)
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction'
  if (limit === 0 || policy === 'noeviction') return
  throw new Error(
    `This Redis drops keys when its memory is full (maxmemory-policy ${policy}), and a session whose key of the user is ` +
      'dropped could not be ended. Set maxmemory-policy noeviction, or use a Redis of its own for sessions.',
  )
}
