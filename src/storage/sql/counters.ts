/*
 * Counters in SQL. An attempt is one UPSERT that updates and returns the row only if the attempt is allowed. So of many
 * concurrent attempts, no more are counted than the limit allows. Only a refused attempt costs a second query, for the
 * time to wait.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type Limit, waitAfterMs } from '../../throttle/limits.ts'
import type { Counted, CounterStore, NotTaken } from '../../throttle/store.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { at } from './time.ts'

/** Creates the counter store in SQL. */
export function createCounterStore(database: SqlDatabase): CounterStore {
  const { writeLightly } = database
  return {
    async take(key, limit, now) {
      const counted = await countTry(database, { key, limit, now })
      if (counted !== null) return { outcome: 'counted', ...counted }
      // The counter is gone: it was deleted in this very moment.
      return (await findRefusal(database, { key, limit, now })) ?? { outcome: 'wait', retryAt: now }
    },

    look: (key, limit, now) => findRefusal(database, { key, limit, now }),

    async giveBack(key, limit, counted) {
      const given = { key, limit, counted }
      if (!(await removeOnlyTry(database, given))) await lowerCount(database, given)
    },

    async forget(key) {
      await writeLightly((db) => db.deleteFrom('throttle').where('key', '=', key).execute())
    },

    async sweep(now, limit) {
      const deletion = (db: Kysely<Database>) =>
        db
          .deleteFrom('throttle')
          .where('key', 'in', (eb) =>
            eb
              .selectFrom('throttle')
              .select('key')
              .where('expires_at', '<=', at(now))
              .orderBy('expires_at')
              .limit(limit)
              .forUpdate()
              .skipLocked(),
          )
          .executeTakeFirst()
      const { numDeletedRows } = await writeLightly(deletion)
      return Number(numDeletedRows) === limit
    },
  }
}

interface Try {
  readonly key: string
  readonly limit: Limit
  readonly now: number
}

/** Counts an attempt; returns null if it is not allowed. */
async function countTry({ writeLightly }: SqlDatabase, { key, limit, now }: Try): Promise<Counted | null> {
  const hasExpired = sql<boolean>`throttle.expires_at <= ${at(now)}`
  const newExpiry = at(now + limit.keepMs)
  const expiry = limit.keptSince === 'last' ? newExpiry : sql`throttle.expires_at`
  const upsert = (db: Kysely<Database>) =>
    db
      .insertInto('throttle')
      .values({ key, count: 1, blocked_until: at(firstBlock(limit, now)), expires_at: newExpiry })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet({
            count: sql`CASE WHEN ${hasExpired} THEN 1 ELSE throttle.count + 1 END`,
            blocked_until: sql`CASE WHEN ${hasExpired} THEN excluded.blocked_until ${blockedUntilByCount(limit, now)} END`,
            expires_at: sql`CASE WHEN ${hasExpired} THEN excluded.expires_at ELSE ${expiry} END`,
          })
          .where(
            sql<boolean>`(${hasExpired} OR (throttle.count < ${limit.maxTries} AND throttle.blocked_until <= ${at(now)}))`,
          ),
      )
      .returning(['count', 'blocked_until as blockedUntil', 'expires_at as expiresAt'])
      .executeTakeFirst()
  return (await writeLightly(upsert)) ?? null
}

/** The time of a counter without a wait. Never the present: a node whose clock is behind would wait until then. */
const NOT_BLOCKED = 0

function firstBlock(limit: Limit, now: number): number {
  const waitMs = waitAfterMs(limit, 1)
  return waitMs === 0 ? NOT_BLOCKED : now + waitMs
}

/** Returns the arms of a CASE with the limit's waits: the time until which the caller waits after one more attempt. */
function blockedUntilByCount({ freeTries, waitsMs }: Limit, now: number): RawBuilder<unknown> {
  const longest = waitsMs.at(-1)
  if (longest === undefined) return sql`ELSE ${at(NOT_BLOCKED)}`
  const steps = waitsMs
    .slice(0, -1)
    .map((waitMs, index) => sql`WHEN throttle.count + 1 = ${freeTries + index} THEN ${at(now + waitMs)}`)
  const free = sql`WHEN throttle.count + 1 < ${freeTries} THEN ${at(NOT_BLOCKED)}`
  return sql`${free} ${sql.join(steps, sql` `)} ELSE ${at(now + longest)}`
}

/** An attempt that was counted and must not count. */
interface Given extends Omit<Try, 'now'> {
  readonly counted: Counted
}

/** Deletes the counter of the only attempt: it leaves no row. Returns false if there were more attempts. */
async function removeOnlyTry({ writeLightly }: SqlDatabase, { key, limit, counted }: Given): Promise<boolean> {
  const deletion = (db: Kysely<Database>) =>
    db
      .deleteFrom('throttle')
      .where('key', '=', key)
      .where('count', '<=', 1)
      .$if(limit.keptSince === 'first', (query) => query.where('expires_at', '=', at(counted.expiresAt)))
      .executeTakeFirst()
  const { numDeletedRows } = await writeLightly(deletion)
  return numDeletedRows > 0n
}

/** Takes one attempt off the counter, and the wait that the attempt caused. */
async function lowerCount({ writeLightly }: SqlDatabase, { key, limit, counted }: Given): Promise<void> {
  const blockedUntil = at(counted.blockedUntil)
  const update = (db: Kysely<Database>) =>
    db
      .updateTable('throttle')
      .set((eb) => ({
        count: eb('count', '-', 1),
        blocked_until: sql`CASE WHEN blocked_until = ${blockedUntil} THEN ${at(NOT_BLOCKED)} ELSE blocked_until END`,
      }))
      .where('key', '=', key)
      .where('count', '>', 0)
      .$if(limit.keptSince === 'first', (query) => query.where('expires_at', '=', at(counted.expiresAt)))
      .execute()
  await writeLightly(update)
}

async function findRefusal({ reader }: SqlDatabase, { key, limit, now }: Try): Promise<NotTaken | null> {
  const row = await reader.selectFrom('throttle').selectAll().where('key', '=', key).executeTakeFirst()
  if (row === undefined || row.expires_at <= now) return null
  if (row.count >= limit.maxTries) return { outcome: 'spent', retryAt: row.expires_at }
  return row.blocked_until > now ? { outcome: 'wait', retryAt: row.blocked_until } : null
}
