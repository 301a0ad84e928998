import { z } from 'zod'
import { acceptConfiguration, delaySchema, strictMembers } from '../../kernel/arguments.ts'
import { SECOND_MS } from '../../kernel/clock.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { functionSchema } from '../../kernel/setting-schemas.ts'
import { createChangeInbox } from '../change-inbox.ts'
import { callBoth, type OnStatement, type SessionStorage, type Stores } from '../storage.ts'
import { carryOut } from './carry-out.ts'
import { createRedisCounterStore } from './counters.ts'
import { requirePermissions } from './permissions.ts'
import { openRedisLink, type RedisLink } from './redis-link.ts'
import { redisUrlSchema } from './redis-url.ts'
import { createSessionKeys } from './session-keys.ts'
import { createRedisSessionStore, type RedisSessionDeps } from './sessions.ts'
import { changePassword, createUser } from './user-changes.ts'

/** Options of `redis`. */
export interface RedisOptions {
  /** Prefix of every key and channel, so that several deployments can share one server. Default `latchkey:`. */
  readonly prefix?: string
  /** Milliseconds before a command is abandoned and answered with 503. Default 2,000. */
  readonly deadlineMs?: number
  /** Receives the name of each command, never its values, and its duration in milliseconds. For metrics and tracing. */
  readonly onStatement?: OnStatement
}

const argumentsSchema = strictMembers({
  url: redisUrlSchema,
  options: strictMembers(
    {
      prefix: z.string('must be a text such as latchkey:').optional(),
      deadlineMs: delaySchema.optional(),
      onStatement: functionSchema<OnStatement>().optional(),
    },
    'option',
  ).optional(),
})

const DEFAULT_DEADLINE_MS = 2_000
/** How often a node looks for orders that another node did not carry out before it died. */
const CARRY_OUT_MS = SECOND_MS

/**
 * Keeps sessions in Redis (7 or newer) or Valkey, and users in SQL: `createLatchkey({ storage, sessionStorage })`.
 * Requires the package `redis`.
 * @param url `redis://` or `rediss://` with `user:password@host:port`; `redis+cluster://one:6379,two:6379` for a
 *   cluster, `redis+sentinel://one:26379,two:26379/name` for Sentinel.
 * @throws ConfigurationError if the URL or an option is wrong.
 */
export function redis(url: string, options: RedisOptions = {}): SessionStorage {
  acceptConfiguration('redis', argumentsSchema, { url, options })
  const { prefix = 'latchkey:', deadlineMs = DEFAULT_DEADLINE_MS } = options
  return {
    async open(host) {
      const inbox = createChangeInbox()
      const listener = callBoth(options.onStatement, host.onStatement)
      const link = await openRedisLink({ url, prefix, deadlineMs, inbox, onStatement: listener })
      const deps: RedisSessionDeps = { ...host, keys: createSessionKeys(link, host.onChanges), inbox }
      try {
        await requirePermissions(link, prefix)
        await refuseEviction(link)
        await carryOut(deps, null)
      } catch (error) {
        await link.stop()
        throw error instanceof Refusal ? new Error(`Redis cannot be used. ${error.reason}`, { cause: error }) : error
      }
      return {
        stores: keepSessionsInRedis(deps, link, prefix),
        carryOut: (userId) => carryOut(deps, userId),
      }
    },
  }
}

function keepSessionsInRedis(deps: RedisSessionDeps, link: RedisLink, prefix: string): Stores {
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
      await link.command('SET', 'ready', '', 'PX', '1') // needs a server that accepts writes
      await requirePermissions(link, prefix)
    },
    async close() {
      stopCarryingOut()
      await link.stop()
      await stores.close()
    },
  }
}

/** Carries out orders that another process left behind. Returns a function that stops it. Reports an outage once. */
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
      if (!isFailing) deps.onError(error) // the orders remain stored, and the next look finds them
      isFailing = true
    } finally {
      isCarryingOut = false
    }
  }

  const timer = setInterval(look, CARRY_OUT_MS).unref()
  return () => clearInterval(timer)
}

/**
 * Refuses a server that drops keys when memory is short. It could drop a user's index, and then the sessions in it
 * could not be revoked.
 */
async function refuseEviction(link: RedisLink): Promise<void> {
  const info = String(await link.command('INFO', null, 'memory'))
  const limit = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0)
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction'
  if (limit === 0 || policy === 'noeviction') return
  throw new Error(
    `This Redis drops keys when its memory is full (maxmemory-policy ${policy}). If it drops the index of a user, the ` +
      'sessions in that index can no longer be revoked. Set maxmemory-policy noeviction, or use a separate Redis for ' +
      'sessions.',
  )
}
