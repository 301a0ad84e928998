import { SECOND_MS } from '../../kernel/clock.ts'
import { createChangeInbox } from '../change-inbox.ts'
import { callBoth, type OnStatement, type SessionStorage, type Stores } from '../storage.ts'
import { carryOut } from './carry-out.ts'
import { createRedisCounterStore } from './counters.ts'
import { openRedisLink, type RedisLink } from './redis-link.ts'
import { createSessionKeys } from './session-keys.ts'
import { createRedisSessionStore, type RedisSessionDeps } from './sessions.ts'
import { changePassword, createUser } from './user-changes.ts'

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
    async open(host) {
      const inbox = createChangeInbox()
      const listener = callBoth(options.onStatement, host.onStatement)
      const link = await openRedisLink({ url, prefix, deadlineMs, inbox, onStatement: listener })
      const deps: RedisSessionDeps = { ...host, keys: createSessionKeys(link, host.onChanges), inbox }
      try {
        await refuseEviction(link)
        await carryOut(deps, null)
      } catch (error) {
        await link.stop()
        throw error
      }
      return {
        stores: keepSessionsInRedis(deps, link),
        carryOut: (userId) => carryOut(deps, userId),
      }
    },
  }
}

function keepSessionsInRedis(deps: RedisSessionDeps, link: RedisLink): Stores {
  const { stores } = deps
  const stopCarryingOut = carryOutRegularly(deps)
  return {
    ...stores,
    users: { ...stores.users, create: (...args) => createUser(deps, ...args) },
    passwords: { ...stores.passwords, change: (...args) => changePassword(deps, ...args) },
    sessions: createRedisSessionStore(deps),
    counters: createRedisCounterStore(link),
    async ping() {
      await stores.ping()
      await link.command('PING', null)
    },
    async close() {
      stopCarryingOut()
      await link.stop()
      await stores.close()
    },
  }
}

/** Carries out orders that another process left behind. Returns a function that stops it. An outage is reported once. */
function carryOutRegularly(deps: RedisSessionDeps): () => void {
  let isCarryingOut = false
  let isFailing = false

  async function look(): Promise<void> {
    if (isCarryingOut) return
    isCarryingOut = true
    try {
      await carryOut(deps, null)
      isFailing = false
    } catch (error) {
      if (!isFailing) deps.onError(error) // the orders stand, and the next look finds them
      isFailing = true
    } finally {
      isCarryingOut = false
    }
  }

  const timer = setInterval(look, CARRY_OUT_MS).unref()
  return () => clearInterval(timer)
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
