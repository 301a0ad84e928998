/*
 * A connection to Redis that repairs itself. Every 250 ms the process sends itself a message over the channel of
 * changes. If no message arrives for a second, it opens new connections until one works. Meanwhile commands continue on
 * the old connections. If Redis is unreachable, commands are refused at once.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from '../../kernel/refusal.ts'
import { type ChangeInbox, PROOF_INTERVAL_MS } from '../change-inbox.ts'
import { parseChange } from '../change-message.ts'
import type { OnStatement } from '../storage.ts'
import { createRedisClient, loadRedis, type RedisClient, type Reply } from './redis-client.ts'
import type { Script } from './scripts.ts'

/** Where Redis is and how the link uses it. */
export interface LinkOptions {
  readonly url: string
  /** Prefix of every key and channel. */
  readonly prefix: string
  /** Milliseconds before a command is abandoned. */
  readonly deadlineMs: number
  readonly inbox: ChangeInbox
  readonly onStatement: OnStatement | undefined
}

/** Runs commands. Each throws the refusal `unavailable` if Redis does not reply in time. */
export interface RedisLink {
  command(name: string, key: string | null, ...args: string[]): Promise<Reply>
  /** Runs a script on one key, atomically. */
  run(script: Script, key: string, ...args: string[]): Promise<Reply>
  /** Full name of the channel of changes. */
  readonly channel: string
  stop(): Promise<void>
}

const PROOF_MS = 1_000
/** Milliseconds to connect. Discovering a cluster or asking a Sentinel takes several connections. */
const CONNECT_MS = 4_000
const RECONNECT_MS = 500

/** Connects, and stays connected until `stop`. Throws if Redis is unreachable now. */
export async function openRedisLink(options: LinkOptions): Promise<RedisLink> {
  const { prefix, deadlineMs, onStatement } = options
  const stopping = new AbortController()
  await loadRedis()
  let client: RedisClient | null = await connect(options).catch((error: unknown) => {
    // A TypeError about the URL contains the whole URL with its password, so its text is not repeated here.
    const reason = error instanceof Error && !(error instanceof TypeError) ? error.message : 'the URL is malformed'
    throw new Error(isReply(error) ? `Redis refuses: ${reason}` : `Redis cannot be reached: ${reason}`)
  })
  let failure: unknown = new Error('not connected')
  const ended = follow(client)

  async function follow(first: RedisClient): Promise<void> {
    let current: RedisClient | null = first
    while (current !== null) {
      await proveWhileAlive(current, options, stopping.signal)
      options.inbox.lose()
      const next = await reconnect(options, stopping.signal, (error) => {
        client = null
        failure = error
      })
      client = next
      void retire(current)
      current = next
    }
  }

  /** Closes a replaced client after its last command was answered or abandoned. */
  async function retire(old: RedisClient): Promise<void> {
    await sleep(deadlineMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    old.destroy()
  }

  async function send(name: string, key: string | null, args: readonly string[]): Promise<Reply> {
    if (client === null) throw toUnavailable(failure)
    const startedAt = performance.now()
    try {
      return await within(deadlineMs, client.send(key ?? undefined, args))
    } catch (error) {
      throw isScriptMissing(error) ? error : toUnavailable(error)
    } finally {
      onStatement?.(name, performance.now() - startedAt)
    }
  }

  return {
    channel: `${prefix}changes`,
    command(name, key, ...args) {
      const full = key === null ? null : `${prefix}${key}`
      return send(name, full, full === null ? [name, ...args] : [name, full, ...args])
    },
    async run({ name, source, sha }, key, ...args) {
      const full = `${prefix}${key}`
      try {
        return await send(name, full, ['EVALSHA', sha, '1', full, ...args])
      } catch (error) {
        if (!isScriptMissing(error)) throw error
        return send(name, full, ['EVAL', source, '1', full, ...args])
      }
    },
    async stop() {
      stopping.abort()
      await ended
    },
  }
}

/** Attempts to reconnect until it succeeds; reports each failure. */
async function reconnect(
  options: LinkOptions,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<RedisClient | null> {
  while (!signal.aborted) {
    try {
      return await connect(options)
    } catch (error) {
      onFailure(error)
      await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  return null
}

async function connect(options: LinkOptions): Promise<RedisClient> {
  const client = await createRedisClient(options.url)
  client.onGap(options.inbox.lose)
  try {
    await within(CONNECT_MS, client.connect())
    await within(PROOF_MS, refuseReplica(client))
    await within(
      PROOF_MS,
      client.subscribe(`${options.prefix}changes`, (message) => options.inbox.deliver(parseChange(message))),
    )
    return client
  } catch (error) {
    client.destroy()
    throw error
  }
}

/** The key that says since when Redis has recorded all changes. It is missing in a database that was emptied. */
export const CHANGES_SINCE = 'changes:since'

/**
 * Sends itself messages over the channel of changes, again and again; returns when one does not arrive in time. If Redis lost its
 * data (FLUSHALL, an empty replacement), the cache is cleared and every sealed session is read from the storage, where it is
 * missing.
 */
async function proveWhileAlive(client: RedisClient, options: LinkOptions, signal: AbortSignal): Promise<void> {
  const ownChannel = `${options.prefix}alive:${randomUUID()}`
  let heard: ((call: string) => void) | undefined
  let dataSince: string | undefined
  try {
    await within(
      PROOF_MS,
      client.subscribe(ownChannel, (call) => heard?.(call)),
    )
    for (let count = 0; ; count++) {
      const askedAt = performance.now()
      const answer = new Promise<void>((resolve) => {
        heard = (call) => {
          if (call === String(count)) resolve()
        }
      })
      await within(PROOF_MS, client.send(undefined, ['PUBLISH', ownChannel, String(count)]))
      await within(PROOF_MS, answer)
      await within(PROOF_MS, refuseReplica(client))
      const since = await within(PROOF_MS, readDataSince(client, `${options.prefix}${CHANGES_SINCE}`))
      if (since !== dataSince && dataSince !== undefined) options.inbox.deliver('unknown')
      dataSince = since
      options.inbox.prove(askedAt)
      await sleep(PROOF_INTERVAL_MS, undefined, { signal, ref: false })
    }
  } catch {
    // The link was stopped, or no message arrived: in both cases this client is not used again.
  }
}

/** Returns since when Redis has recorded all changes, and records it in an empty database. */
async function readDataSince(client: RedisClient, key: string): Promise<string> {
  const now = String(Date.now())
  return String((await client.send(key, ['SET', key, now, 'NX', 'GET'])) ?? now)
}

/**
 * Refuses a server that became a replica, or was one from the start. It accepts no writes, its data may be old, and the
 * messages that other nodes publish on the new primary may arrive late.
 */
async function refuseReplica(client: RedisClient): Promise<void> {
  const info = String(await client.send(undefined, ['INFO', 'replication']))
  if (/^role:slave/m.test(info)) throw new Error('this server is a replica, which only accepts reads')
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** Returns the refusal `unavailable`; returns an error of this program unchanged. */
function toUnavailable(error: unknown): unknown {
  if (error instanceof TypeError) return error
  return new Refusal('unavailable', {
    detail: isReply(error) ? 'Redis cannot do this now.' : 'Redis does not answer.',
    retryAfterSeconds: 1,
    reason: `Redis: ${error instanceof Error ? error.message : String(error)}`,
    cause: error,
  })
}

/** Returns true for an error that Redis replied with, such as NOPERM, WRONGPASS or OOM: its text begins with a code. */
function isReply(error: unknown): boolean {
  return error instanceof Error && /^[A-Z]{2,} /.test(error.message)
}

function isScriptMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
