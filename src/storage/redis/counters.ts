import type { Budget } from '../../throttle/limits.ts'
import type { CounterStore, NotTaken } from '../../throttle/store.ts'
import type { RedisLink } from './redis-link.ts'
import { GIVE_BACK_TRY, TAKE_TRY } from './scripts.ts'

type TakeReply = readonly [
  outcome: 'counted' | 'wait' | 'spent',
  count: number,
  blockedUntil: number,
  expiresAt: number,
]

function keyOf(key: string): string {
  return `throttle:${key}`
}

/** Creates the counter store in Redis. Each counter is one key that expires by itself; each attempt runs one script. */
export function createRedisCounterStore(link: RedisLink): CounterStore {
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

    // The client sends the commands of one turn of the event loop together.
    look: (budgets, now) => Promise.all(budgets.map((budget) => findRefusal(link, budget, now))),

    async giveBack(tries) {
      await Promise.all(
        tries.map(async ({ key, limit: { keptSince }, counted: { blockedUntil, expiresAt } }) => {
          const onlyOf = keptSince === 'first' ? String(expiresAt) : ''
          await link.run(GIVE_BACK_TRY, keyOf(key), String(blockedUntil), onlyOf)
        }),
      )
    },

    async forget(key) {
      await link.command('DEL', keyOf(key))
    },

    // Redis deletes expired keys by itself.
    sweep: async () => false,
  }
}

async function findRefusal(link: RedisLink, { key, limit }: Budget, now: number): Promise<NotTaken | null> {
  // the types follow from the command
  const found = (await link.command('HMGET', keyOf(key), 'count', 'blocked', 'expires')) as (string | null)[]
  const [count = 0, blockedUntil = 0, expiresAt = 0] = found.map(Number)
  if (expiresAt <= now) return null
  if (count >= limit.maxTries) return { outcome: 'spent', retryAt: expiresAt }
  return blockedUntil > now ? { outcome: 'wait', retryAt: blockedUntil } : null
}
