/* Creates hundreds of thousands of Redis keys, as copies of the keys that the subject wrote for one login. */
import { createClient } from 'redis'

/** A text in the original keys and values, and its value in each copy. */
export type Replacement = readonly [text: string, values: readonly string[]]

/** A database that receives copied keys. */
export interface KeyTarget {
  /** All stored keys and values as text, for finding ids. */
  readonly text: string
  copy(replacements: readonly Replacement[]): Promise<void>
  close(): Promise<void>
}

type RedisClient = Awaited<ReturnType<typeof connect>>

interface Original {
  readonly key: string
  readonly ttlMs: number
  readonly value:
    | { readonly type: 'string'; readonly text: string }
    | { readonly type: 'hash'; readonly fields: Readonly<Record<string, string>> }
    | { readonly type: 'set'; readonly members: readonly string[] }
    | { readonly type: 'zset'; readonly members: readonly { readonly value: string; readonly score: number }[] }
}

/** Uses the current content of the database as the original of all copies. */
export async function openRedisKeys(url: string): Promise<KeyTarget> {
  const client = await connect(url)
  const originals: Original[] = []
  for (const key of await client.keys('*')) originals.push(await readKey(client, key))
  return {
    text: JSON.stringify(originals),
    async copy(replacements) {
      const count = replacements[0]?.[1].length ?? 0
      const writes: Promise<unknown>[] = []
      for (let index = 0; index < count; index++) {
        const replace = (text: string): string =>
          replacements.reduce((result, [from, values]) => result.replaceAll(from, values[index] ?? ''), text)
        for (const original of originals) writes.push(...writeCopy(client, original, replace))
      }
      await Promise.all(writes)
    },
    async close() {
      await client.close()
    },
  }
}

function connect(url: string) {
  return createClient({ url }).connect()
}

async function readKey(client: RedisClient, key: string): Promise<Original> {
  const ttlMs = await client.pTTL(key)
  const type = await client.type(key)
  if (type === 'string') return { key, ttlMs, value: { type, text: (await client.get(key)) ?? '' } }
  if (type === 'hash') return { key, ttlMs, value: { type, fields: await client.hGetAll(key) } }
  if (type === 'set') return { key, ttlMs, value: { type, members: await client.sMembers(key) } }
  if (type === 'zset') return { key, ttlMs, value: { type, members: await client.zRangeWithScores(key, 0, -1) } }
  throw new Error(`bench/stored/redis-keys.ts cannot copy ${key}, which is a ${type}`)
}

function writeCopy(
  client: RedisClient,
  { key, ttlMs, value }: Original,
  replace: (text: string) => string,
): Promise<unknown>[] {
  const target = replace(key)
  const expiry = ttlMs > 0 ? [client.pExpire(target, ttlMs)] : []
  switch (value.type) {
    case 'string':
      return [client.set(target, replace(value.text)), ...expiry]
    case 'hash': {
      const fields = Object.entries(value.fields).map(([name, text]) => [replace(name), replace(text)])
      return [client.hSet(target, Object.fromEntries(fields)), ...expiry]
    }
    case 'set':
      return [client.sAdd(target, value.members.map(replace)), ...expiry]
    case 'zset':
      return [
        client.zAdd(
          target,
          value.members.map((member) => ({ ...member, value: replace(member.value) })),
        ),
        ...expiry,
      ]
  }
}
