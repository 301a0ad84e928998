/*
 * The way to Redis that mends itself. Every 250 ms the process calls itself over the channel on which changes come; when
 * it hears nothing for a second, the connections are made anew, until it does. Commands go on over the old ones meanwhile,
 * unless Redis cannot be reached at all: then they are refused at once.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from '../../kernel/refusal.ts'
import { type ChangeInbox, PROOF_INTERVAL_MS } from '../change-inbox.ts'
import { parseChange } from '../change-message.ts'
import type { OnStatement } from '../storage.ts'
import { createRedisClient, loadRedis, type RedisClient, type Reply } from './redis-client.ts'
import type { Script } from './scripts.ts'

/** Where Redis is and how it is used. */
export interface LinkOptions {
  readonly url: string
  /** Before every key and channel. */
  readonly prefix: string
  /** Milliseconds after which a command is given up. */
  readonly deadlineMs: number
  readonly inbox: ChangeInbox
  readonly onStatement: OnStatement | undefined
}

/** Runs commands. Each throws the refusal `unavailable` when Redis does not answer in time. */
export interface RedisLink {
  command(name: string, key: string | null, ...args: string[]): Promise<Reply>
  /** Runs a script on one key, atomically. */
  run(script: Script, key: string, ...args: string[]): Promise<Reply>
  /** The channel of changes, by its full name. */
  readonly channel: string
  stop(): Promise<void>
}

const PROOF_MS = 1_000
/** Discovering a cluster, or a Sentinel that answers, takes several connections. */
const CONNECT_MS = 4_000
const RECONNECT_MS = 500

/** Connects, and stays connected until it is stopped. Throws when Redis cannot be reached now. */
export async function openRedisLink(options: LinkOptions): Promise<RedisLink> {
  const { prefix, deadlineMs, onStatement } = options
  const stopping = new AbortController()
  await loadRedis()
  let client: RedisClient | null = await connect(options).catch((error: unknown) => {
    // What is wrong with an address is told with the whole address, password and all: not repeated here.
    const reason = error instanceof Error && !(error instanceof TypeError) ? error.message : 'the address is malformed'
    throw new Error(`Redis cannot be reached: ${reason}`)
  })
  const ended = follow(client)

  async function follow(first: RedisClient): Promise<void> {
    let current: RedisClient | null = first
    while (current !== null) {
      await proveWhileAlive(current, options, stopping.signal)
      options.inbox.lose()
      const next = await reconnect(options, stopping.signal, () => {
        client = null
      })
      client = next
      void retire(current)
      current = next
    }
  }

  /** Ends a client that is no longer used, when its last command has been answered or given up. */
  async function retire(old: RedisClient): Promise<void> {
    await sleep(deadlineMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    old.destroy()
  }

  async function send(name: string, key: string | null, args: readonly string[]): Promise<Reply> {
    if (client === null) throw unavailable(new Error('not connected'))
    const startedAt = performance.now()
    try {
      return await within(deadlineMs, client.send(key ?? undefined, args))
    } catch (error) {
      throw isScriptMissing(error) ? error : unavailable(error)
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

/** Tries until it succeeds; each failure is told. */
async function reconnect(
  options: LinkOptions,
  signal: AbortSignal,
  onFailure: () => void,
): Promise<RedisClient | null> {
  while (!signal.aborted) {
    try {
      return await connect(options)
    } catch {
      onFailure()
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
    await within(
      PROOF_MS,
      client.subscribe(`${options.prefix}changes`, (message) => {
        const change = parseChange(message)
        if (change !== null) options.inbox.deliver(change)
      }),
    )
    return client
  } catch (error) {
    client.destroy()
    throw error
  }
}

/** Calls itself by the way that changes go, again and again; ends when it does not hear its call in time. */
async function proveWhileAlive(client: RedisClient, options: LinkOptions, signal: AbortSignal): Promise<void> {
  const ownChannel = `${options.prefix}alive:${randomUUID()}`
  let heard: ((call: string) => void) | undefined
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
      options.inbox.prove(askedAt)
      await sleep(PROOF_INTERVAL_MS, undefined, { signal, ref: false })
    }
  } catch {
    // Stopped, or nothing was heard: either way this client is done.
  }
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

function unavailable(error: unknown): Refusal {
  const reason = `Redis: ${error instanceof Error ? error.message : String(error)}`
  return new Refusal('unavailable', { detail: 'Redis does not answer.', retryAfterSeconds: 1, reason, cause: error })
}

function isScriptMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
