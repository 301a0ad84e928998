import type { CounterStore } from '../../throttle/store.ts'
import type { RedisLink } from './redis-link.ts'
import { GIVE_BACK_TRY, TAKE_TRY } from './scripts.ts'

type TakeReply = readonly [
  outcome: 'counted' | 'wait' | 'spent',
  count: number,
  blockedUntil: number,
  expiresAt: number,
]

/** Creates the counter store in Redis. Each counter is one key that expires by itself; each attempt runs one script. */
export function createRedisCounterStore(link: RedisLink): CounterStore {
  const keyOf = (key: string): string => `throttle:${key}`
  return {
    async take(key, { maxTries, keepMs, keptSince, freeTries, waitsMs }, now) {
      const numbers = [now, maxTries, keepMs].map(String)
      const args = [...numbers, keptSince, String(freeTries), ...waitsMs.map(String)]
      // The types are those that the script returns.
      const [outcome, count, blockedUntil, expiresAt] = (await link.run(
        TAKE_TRY,
        keyOf(key),
        ...args,
      )) as unknown as TakeReply
      if (outcome === 'counted') return { outcome, count, blockedUntil, expiresAt }
      return { outcome, retryAt: outcome === 'spent' ? expiresAt : blockedUntil }
    },

    async look(key, { maxTries }, now) {
      // the types follow from the command
      const found = (await link.command('HMGET', keyOf(key), 'count', 'blocked', 'expires')) as (string | null)[]
      const [count = 0, blockedUntil = 0, expiresAt = 0] = found.map(Number)
      if (expiresAt <= now) return null
      if (count >= maxTries) return { outcome: 'spent', retryAt: expiresAt }
      return blockedUntil > now ? { outcome: 'wait', retryAt: blockedUntil } : null
    },

    async giveBack(key, { keptSince }, { blockedUntil, expiresAt }) {
      const onlyOf = keptSince === 'first' ? String(expiresAt) : ''
      await link.run(GIVE_BACK_TRY, keyOf(key), String(blockedUntil), onlyOf)
    },

    async forget(key) {
      await link.command('DEL', keyOf(key))
    },

    // Redis deletes expired keys by itself.
    sweep: async () => false,
  }
}
