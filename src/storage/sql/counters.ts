/*
 * Counters in SQL. An attempt is one UPSERT that updates and returns the row only if the attempt is allowed. So of many
 * concurrent attempts, no more are counted than the limit allows. Only a refused attempt costs a second query, for the
 * time to wait.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type Budget, type Limit, waitAfterMs } from '../../throttle/limits.ts'
import type { Counted, CountedTry, CounterStore, NotTaken } from '../../throttle/store.ts'
import { prepareQueries, type SlotOf } from './prepared-query.ts'
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
      const [refusal] = await findRefusals(database, [{ key, limit }], now)
      return refusal ?? { outcome: 'wait', retryAt: now }
    },

    look: (budgets, now) => findRefusals(database, budgets, now),

    async giveBack(tries) {
      const removed = await removeOnlyTries(database, tries)
      for (const each of tries) if (!removed.has(each.key)) await lowerCount(database, each)
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
    isKeptSinceLast: keptSince === 'last',
  }
  const upsert = upsertWithWaits(waitsMs.length)
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
  readonly isKeptSinceLast: boolean
}

const upsertWithWaits = prepareQueries((db, slot: SlotOf<TryValues>, waits) => {
  const now = slot('now')
  const hasExpired = sql<boolean>`throttle.expires_at <= ${now}`
  return db
    .insertInto('throttle')
    .values({ key: slot('key'), count: 1, blocked_until: slot('firstBlock'), expires_at: slot('newExpiry') })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({
          count: sql`CASE WHEN ${hasExpired} THEN 1 ELSE throttle.count + 1 END`,
          blocked_until: sql`CASE WHEN ${hasExpired} THEN excluded.blocked_until ${blockedUntilByCount(waits, slot)} END`,
          expires_at: sql`CASE WHEN ${hasExpired} OR ${slot('isKeptSinceLast')} THEN excluded.expires_at ELSE throttle.expires_at END`,
        })
        .where(
          sql<boolean>`(${hasExpired} OR (throttle.count < ${slot('maxTries')} AND throttle.blocked_until <= ${now}))`,
        ),
    )
    .returning(['count', 'blocked_until as blockedUntil', 'expires_at as expiresAt'])
})

/** The time of a counter without a wait. Never the present: a node whose clock is behind would wait until then. */
const NOT_BLOCKED = new Date(0)

function firstBlock(limit: Limit, now: number): number {
  const waitMs = waitAfterMs(limit, 1)
  return waitMs === 0 ? NOT_BLOCKED.getTime() : now + waitMs
}

/** Returns the arms of a CASE with the limit's waits: the time until which the caller waits after one more attempt. */
function blockedUntilByCount(waits: number, slot: SlotOf<TryValues>): RawBuilder<unknown> {
  if (waits === 0) return sql`ELSE ${slot('notBlocked')}`
  const steps = Array.from(
    { length: waits - 1 },
    (_, index) => sql`WHEN throttle.count + 1 = ${slot('freeTries')} + ${sql.lit(index)} THEN ${slot(`until${index}`)}`,
  )
  const free = sql`WHEN throttle.count + 1 < ${slot('freeTries')} THEN ${slot('notBlocked')}`
  return sql`${free} ${sql.join(steps, sql` `)} ELSE ${slot(`until${waits - 1}`)}`
}

/** Deletes the counters of attempts that are the only ones: they leave no row. Returns the keys of these counters. */
async function removeOnlyTries(
  { writeLightly }: SqlDatabase,
  tries: readonly CountedTry[],
): Promise<ReadonlySet<string>> {
  const values = tries.flatMap(({ key, limit, counted }, index) => [
    [`key${index}`, key],
    [`isKeptSinceLast${index}`, limit.keptSince === 'last'],
    [`expiresAt${index}`, new Date(counted.expiresAt)],
  ])
  const deleteOnly = deleteOnlyTries(tries.length)
  const { rows } = await writeLightly((db) => deleteOnly(db, Object.fromEntries(values) as GivenValues))
  return new Set(rows.map(({ key }) => key))
}

type GivenValues = Readonly<
  Record<`key${number}`, string> & Record<`isKeptSinceLast${number}`, boolean> & Record<`expiresAt${number}`, Date>
>

/** The window of a counter may be a later one than that of the attempt. */
const deleteOnlyTries = prepareQueries((db, slot: SlotOf<GivenValues>, count) => {
  const indexes = Array.from({ length: count }, (_, index) => index)
  return db
    .deleteFrom('throttle')
    .where(
      'key',
      'in',
      indexes.map((index) => slot(`key${index}`)),
    )
    .where('count', '<=', 1)
    .where((eb) =>
      eb.or(
        indexes.map((index) =>
          eb.and([
            eb('key', '=', slot(`key${index}`)),
            eb.or([slot(`isKeptSinceLast${index}`), eb('expires_at', '=', slot(`expiresAt${index}`))]),
          ]),
        ),
      ),
    )
    .returning('key')
})

/** Takes one attempt off the counter, and the wait that the attempt caused. */
async function lowerCount({ writeLightly }: SqlDatabase, { key, limit, counted }: CountedTry): Promise<void> {
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

async function findRefusals(
  { reader }: SqlDatabase,
  budgets: readonly Budget[],
  now: number,
): Promise<(NotTaken | null)[]> {
  const keys = Object.fromEntries(budgets.map(({ key }, index) => [`key${index}`, key]))
  const { rows } = await selectCounters(budgets.length)(reader, keys)
  return budgets.map(({ key, limit }) => {
    const row = rows.find((each) => each.key === key)
    if (row === undefined || row.expires_at <= now) return null
    if (row.count >= limit.maxTries) return { outcome: 'spent', retryAt: row.expires_at }
    return row.blocked_until > now ? { outcome: 'wait', retryAt: row.blocked_until } : null
  })
}

const selectCounters = prepareQueries((db, slot: SlotOf<Readonly<Record<`key${number}`, string>>>, count) =>
  db
    .selectFrom('throttle')
    .selectAll()
    .where(
      'key',
      'in',
      Array.from({ length: count }, (_, index) => slot(`key${index}`)),
    ),
)
