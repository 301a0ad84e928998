/* The three kinds of Redis behind one small interface: a single server, a cluster, and a server that Sentinel watches. */
import { createOptionalImport } from '../../kernel/optional-import.ts'

/** What a script or command answers. */
export type Reply = string | number | null | readonly Reply[]

/** A client that was made and does not connect again by itself. */
export interface RedisClient {
  connect(): Promise<void>
  /** Runs a command where the key is. Without a key, anywhere. */
  send(key: string | undefined, args: readonly string[]): Promise<Reply>
  subscribe(channel: string, listener: (message: string) => void): Promise<void>
  /** Calls back when messages may have been missed, though the client goes on by itself. */
  onGap(listener: () => void): void
  /** Ends it at once; commands under way fail. */
  destroy(): void
}

/** Loads the package. Throws an Error that says what to install. */
export const loadRedis: () => Promise<typeof import('redis')> = createOptionalImport(
  () => import('redis'),
  'redis',
  'Redis',
)

const CONNECT_MS = 1_000
/** Commands that may wait for answers before more are refused. */
const MAX_WAITING = 50_000
const SOCKET = { connectTimeout: CONNECT_MS, reconnectStrategy: false } as const

/**
 * Makes a client for an address: `redis://` or `rediss://` for a single server, `redis+cluster://one:6379,two:6379` (or
 * `rediss+cluster://`) for a cluster, `redis+sentinel://one:26379,two:26379/name` for what Sentinel watches.
 */
export async function createRedisClient(url: string): Promise<RedisClient> {
  const [, scheme = '', kind, rest = ''] = /^(rediss?)(\+cluster|\+sentinel)?:\/\/(.*)$/s.exec(url) ?? []
  if (kind === '+cluster') return createClusterClient(scheme, rest)
  if (kind === '+sentinel') return createSentinelClient(scheme, rest)
  return createSingleClient(url)
}

async function createSingleClient(url: string): Promise<RedisClient> {
  const { createClient } = await loadRedis()
  // The client writes into what it is given.
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
    onGap: ignore, // it does not connect again by itself
    destroy() {
      if (client.isOpen) client.destroy()
      if (subscriber.isOpen) subscriber.destroy()
    },
  }
}

async function createClusterClient(scheme: string, rest: string): Promise<RedisClient> {
  const { createCluster } = await loadRedis()
  const { credentials, hosts } = splitHosts(rest)
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
    destroy: () => cluster.destroy(),
  }
}

async function createSentinelClient(scheme: string, rest: string): Promise<RedisClient> {
  const { createSentinel } = await loadRedis()
  const { credentials, hosts, path } = splitHosts(rest)
  const sentinel = createSentinel({
    name: path,
    sentinelRootNodes: hosts.map((host) => {
      const { hostname, port } = new URL(`redis://${host}`)
      return { host: hostname, port: Number(port || '26379') }
    }),
    nodeClientOptions: { socket: socketFor(scheme), commandsQueueMaxLength: MAX_WAITING, ...credentials },
    sentinelClientOptions: { socket: socketFor(scheme) },
    // One connection for all commands. Without it, commands that begin at the same moment each take one of the pool, and all
    // but the last are never given back: the others wait for nothing (redis 6, `_execute` of its Sentinel client).
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

/** What these clients say when they lose a connection, which they make anew by themselves. */
const CLUSTER_GAPS = ['error', 'node-error', 'node-reconnecting', 'node-disconnect']
const SENTINEL_GAPS = ['error', 'client-error', 'topology-change']

/** `rediss` means TLS on every connection, discovered ones too. */
function socketFor(scheme: string): { connectTimeout: number; tls?: true } {
  return { connectTimeout: CONNECT_MS, ...(scheme === 'rediss' ? { tls: true as const } : {}) }
}

interface Hosts {
  readonly credentials: { readonly username?: string; readonly password?: string }
  readonly hosts: readonly string[]
  readonly path: string
}

/** `user:password@one:1,two:2/path` in its parts. */
function splitHosts(rest: string): Hosts {
  const [, login, list = '', path = ''] = /^(?:([^@]*)@)?([^/]*)\/?(.*)$/s.exec(rest) ?? []
  const [username = '', password = ''] = (login ?? '').split(':').map(decodeURIComponent)
  return {
    credentials: { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) },
    hosts: list.split(','),
    path,
  }
}

/** Whoever waits for a command is told by that command. */
function ignore(): void {}
