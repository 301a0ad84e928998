/*
 * Counters in SQL. An attempt is one UPSERT that updates and returns the row only if the attempt is allowed. So of many
 * concurrent attempts, no more are counted than the limit allows. Only a refused attempt costs a second query, for the
 * time to wait.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type Limit, waitAfterMs } from '../../throttle/limits.ts'
import type { Counted, CounterStore, NotTaken } from '../../throttle/store.ts'
import { type PreparedQuery, prepareQuery, type Slots } from './prepared-query.ts'
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
  const { maxTries, freeTries, waitsMs, keptSince, keepMs } = limit
  const values = {
    ...Object.fromEntries(waitsMs.map((waitMs, index) => [`until${index}` as const, new Date(now + waitMs)])),
    key,
    maxTries,
    freeTries,
    now: new Date(now),
    firstBlock: new Date(firstBlock(limit, now)),
    notBlocked: NOT_BLOCKED,
    newExpiry: new Date(now + keepMs),
  }
  const upsert = upsertOf(waitsMs.length, keptSince)
  const { rows } = await writeLightly((db) => upsert(db, values))
  return rows[0] ?? null
}

interface TryValues extends Readonly<Record<`until${number}`, Date>> {
  readonly key: string
  readonly maxTries: number
  readonly freeTries: number
  readonly now: Date
  readonly firstBlock: Date
  readonly notBlocked: Date
  readonly newExpiry: Date
}

type Upsert = PreparedQuery<TryValues, Counted>

/** The texts that count an attempt. They differ by the number of waits, and by what `keepMs` starts at. */
const upserts = new Map<string, Upsert>()

function upsertOf(waits: number, keptSince: Limit['keptSince']): Upsert {
  const kind = `${waits} ${keptSince}`
  const upsert = upserts.get(kind) ?? prepareUpsert(waits, keptSince)
  upserts.set(kind, upsert)
  return upsert
}

function prepareUpsert(waits: number, keptSince: Limit['keptSince']): Upsert {
  return prepareQuery((db, slots) => {
    const { key, now, maxTries, newExpiry } = slots
    const hasExpired = sql<boolean>`throttle.expires_at <= ${now}`
    const expiry = keptSince === 'last' ? newExpiry : sql`throttle.expires_at`
    return db
      .insertInto('throttle')
      .values({ key, count: 1, blocked_until: slots.firstBlock, expires_at: newExpiry })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet({
            count: sql`CASE WHEN ${hasExpired} THEN 1 ELSE throttle.count + 1 END`,
            blocked_until: sql`CASE WHEN ${hasExpired} THEN excluded.blocked_until ${blockedUntilByCount(waits, slots)} END`,
            expires_at: sql`CASE WHEN ${hasExpired} THEN excluded.expires_at ELSE ${expiry} END`,
          })
          .where(sql<boolean>`(${hasExpired} OR (throttle.count < ${maxTries} AND throttle.blocked_until <= ${now}))`),
      )
      .returning(['count', 'blocked_until as blockedUntil', 'expires_at as expiresAt'])
  })
}

/** The time of a counter without a wait. Never the present: a node whose clock is behind would wait until then. */
const NOT_BLOCKED = new Date(0)

function firstBlock(limit: Limit, now: number): number {
  const waitMs = waitAfterMs(limit, 1)
  return waitMs === 0 ? NOT_BLOCKED.getTime() : now + waitMs
}

/** Returns the arms of a CASE with the limit's waits: the time until which the caller waits after one more attempt. */
function blockedUntilByCount(waits: number, slots: Slots<TryValues>): RawBuilder<unknown> {
  if (waits === 0) return sql`ELSE ${slots.notBlocked}`
  const steps = Array.from(
    { length: waits - 1 },
    (_, index) => sql`WHEN throttle.count + 1 = ${slots.freeTries} + ${sql.lit(index)} THEN ${slots[`until${index}`]}`,
  )
  const free = sql`WHEN throttle.count + 1 < ${slots.freeTries} THEN ${slots.notBlocked}`
  return sql`${free} ${sql.join(steps, sql` `)} ELSE ${slots[`until${waits - 1}`]}`
}

/** An attempt that was counted and must not count. */
interface Given extends Omit<Try, 'now'> {
  readonly counted: Counted
}

/** Deletes the counter of the only attempt: it leaves no row. Returns false if there were more attempts. */
async function removeOnlyTry({ writeLightly }: SqlDatabase, { key, limit, counted }: Given): Promise<boolean> {
  const expiresAt = new Date(counted.expiresAt)
  const { numAffectedRows } = await writeLightly((db) =>
    limit.keptSince === 'first' ? deleteOnlyTryOf(db, { key, expiresAt }) : deleteOnlyTry(db, { key }),
  )
  return numAffectedRows !== 0n
}

const deleteOnlyTry = prepareQuery((db, { key }: Slots<{ readonly key: string }>) =>
  db.deleteFrom('throttle').where('key', '=', key).where('count', '<=', 1),
)

/** The window may be another one than that of the attempt. */
const deleteOnlyTryOf = prepareQuery(
  (db, { key, expiresAt }: Slots<{ readonly key: string; readonly expiresAt: Date }>) =>
    db.deleteFrom('throttle').where('key', '=', key).where('count', '<=', 1).where('expires_at', '=', expiresAt),
)

/** Takes one attempt off the counter, and the wait that the attempt caused. */
async function lowerCount({ writeLightly }: SqlDatabase, { key, limit, counted }: Given): Promise<void> {
  const blockedUntil = at(counted.blockedUntil)
  const update = (db: Kysely<Database>) =>
    db
      .updateTable('throttle')
      .set((eb) => ({
        count: eb('count', '-', 1),
        blocked_until: sql`CASE WHEN blocked_until = ${blockedUntil} THEN ${NOT_BLOCKED} ELSE blocked_until END`,
      }))
      .where('key', '=', key)
      .where('count', '>', 0)
      .$if(limit.keptSince === 'first', (query) => query.where('expires_at', '=', at(counted.expiresAt)))
      .execute()
  await writeLightly(update)
}

async function findRefusal({ reader }: SqlDatabase, { key, limit, now }: Try): Promise<NotTaken | null> {
  const [row] = (await selectCounter(reader, { key })).rows
  if (row === undefined || row.expires_at <= now) return null
  if (row.count >= limit.maxTries) return { outcome: 'spent', retryAt: row.expires_at }
  return row.blocked_until > now ? { outcome: 'wait', retryAt: row.blocked_until } : null
}

const selectCounter = prepareQuery((db, { key }: Slots<{ readonly key: string }>) =>
  db.selectFrom('throttle').selectAll().where('key', '=', key),
)
