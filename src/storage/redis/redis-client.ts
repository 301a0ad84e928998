/* One small interface for three kinds of Redis: a single server, a cluster, and a server that Sentinel watches. */
import { createOptionalImport } from '../../kernel/optional-import.ts'
import { tooOld } from '../../kernel/package-version.ts'
import { type RedisUrl, splitRedisUrl } from './redis-url.ts'

/** The reply to a script or command. */
export type Reply = string | number | null | readonly Reply[]

/** A client that does not reconnect by itself. */
export interface RedisClient {
  connect(): Promise<void>
  /** Sends a command to the node that holds the key; without a key, to any node. */
  send(key: string | undefined, args: readonly string[]): Promise<Reply>
  subscribe(channel: string, listener: (message: string) => void): Promise<void>
  /** Calls the listener when messages may have been missed although the client continues by itself. */
  onGap(listener: () => void): void
  /** Closes the client at once; commands in progress fail. */
  destroy(): void
}

const REDIS = { name: 'redis', since: '4.0.0', purpose: 'Redis' } as const

/** Loads the package `redis`. Throws an Error that names the package to install. */
export const loadRedis: () => Promise<typeof import('redis')> = createOptionalImport(() => import('redis'), REDIS)

const CONNECT_MS = 1_000
/** Number of commands that may wait for replies before further commands are refused. */
const MAX_WAITING = 50_000
const SOCKET = { connectTimeout: CONNECT_MS, reconnectStrategy: false } as const

/**
 * Creates a client for a URL: `redis://` or `rediss://` for a single server, `redis+cluster://one:6379,two:6379` (or
 * `rediss+cluster://`) for a cluster, `redis+sentinel://one:26379,two:26379/name` for a server that Sentinel watches.
 */
export async function createRedisClient(url: string): Promise<RedisClient> {
  const parts = splitRedisUrl(url)
  if (parts.kind === '+cluster') return createClusterClient(parts)
  if (parts.kind === '+sentinel') return createSentinelClient(parts)
  return createSingleClient(url)
}

async function createSingleClient(url: string): Promise<RedisClient> {
  const { createClient } = await loadRedis()
  // The client modifies its arguments.
  const client = createClient({
    url,
    socket: { ...SOCKET },
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_WAITING,
  })
  const subscriber = client.duplicate()
  client.on('error', ignore)
  subscriber.on('error', ignore)
  return {
    async connect() {
      await Promise.all([client.connect(), subscriber.connect()])
    },
    send: (_key, args) => client.sendCommand<Reply>(args),
    async subscribe(channel, listener) {
      await subscriber.subscribe(channel, listener)
    },
    onGap: ignore, // it does not reconnect by itself
    destroy() {
      if (client.isOpen) destroy(client)
      if (subscriber.isOpen) destroy(subscriber)
    },
  }
}

async function createClusterClient({ scheme, login, hosts }: RedisUrl): Promise<RedisClient> {
  const { createCluster } = await loadRedis()
  const credentials = readCredentials(login)
  const cluster = createCluster({
    rootNodes: hosts.map((host) => ({ url: `${scheme}://${host}`, ...credentials })),
    defaults: {
      socket: socketFor(scheme),
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_WAITING,
      ...credentials,
    },
  })
  cluster.on('error', ignore)
  return {
    async connect() {
      await cluster.connect()
    },
    send: (key, args) => cluster.sendCommand<Reply>(key, false, [...args]),
    async subscribe(channel, listener) {
      await cluster.subscribe(channel, listener)
    },
    onGap(listener) {
      for (const event of CLUSTER_GAPS) cluster.on(event, listener)
    },
    destroy: () => destroy(cluster),
  }
}

async function createSentinelClient({ scheme, login, hosts, path }: RedisUrl): Promise<RedisClient> {
  const { createSentinel } = await loadRedis()
  // Version 4 of the package has none, unlike these types.
  if (createSentinel === undefined) throw tooOld({ ...REDIS, since: '5.0.0', purpose: 'redis+sentinel://' })
  const credentials = readCredentials(login)
  const sentinel = createSentinel({
    name: path,
    sentinelRootNodes: hosts.map((host) => {
      const { hostname, port } = new URL(`redis://${host}`)
      return { host: hostname, port: Number(port || '26379') }
    }),
    nodeClientOptions: { socket: socketFor(scheme), commandsQueueMaxLength: MAX_WAITING, ...credentials },
    sentinelClientOptions: { socket: socketFor(scheme) },
    // One connection for all commands. Without this setting, commands that start at the same moment each take a
    // connection from the pool, and only the last connection is returned: later commands wait forever (redis 6,
    // `_execute` of its Sentinel client).
    reserveClient: true,
    masterPoolSize: 1,
  })
  sentinel.on('error', ignore)
  return {
    async connect() {
      await sentinel.connect()
    },
    send: (_key, args) => sentinel.sendCommand<Reply>(false, [...args]),
    async subscribe(channel, listener) {
      await sentinel.subscribe(channel, listener)
    },
    onGap(listener) {
      for (const event of SENTINEL_GAPS) sentinel.on(event, listener)
    },
    destroy() {
      void sentinel.destroy().catch(ignore)
    },
  }
}

/** Events that these clients emit when they lose a connection that they reopen by themselves. */
const CLUSTER_GAPS = ['error', 'node-error', 'node-reconnecting', 'node-disconnect']
const SENTINEL_GAPS = ['error', 'client-error', 'topology-change']

/** `rediss` means TLS on every connection, including discovered nodes. */
function socketFor(scheme: string): { connectTimeout: number; tls?: true } {
  return { connectTimeout: CONNECT_MS, ...(scheme === 'rediss' ? { tls: true as const } : {}) }
}

/** The password may contain colons. */
function readCredentials(login: string): { readonly username?: string; readonly password?: string } {
  const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(login) ?? []
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  }
}

/** Closes a client at once. Before version 5 of the package, `destroy` was called `disconnect`. */
function destroy(client: { destroy?(): void; disconnect?(): unknown }): void {
  if (client.destroy === undefined) void Promise.resolve(client.disconnect?.()).catch(ignore)
  else client.destroy()
}

/** Ignores an error event: each command in progress reports the error to its caller. */
function ignore(): void {}
