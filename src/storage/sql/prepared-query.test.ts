import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareInsert, prepareQuery, type SlotOf } from './prepared-query.ts'
import { createKysely, openSqliteFile } from './sqlite-database.ts'

interface Since {
  readonly id: string
  readonly since: Date
}

function openCounters() {
  const file = openSqliteFile(':memory:')
  file.exec('CREATE TABLE throttle (key TEXT PRIMARY KEY, count INTEGER, blocked_until INTEGER, expires_at INTEGER)')
  return createKysely(file)
}

let db: ReturnType<typeof openCounters>

beforeEach(() => {
  db = openCounters()
})

afterEach(() => db.destroy())

function counter(key: string, count: number, expiresAt: number) {
  return { key, count, blocked_until: new Date(0), expires_at: new Date(expiresAt) }
}

test('a query is built once, also in transactions, and takes the values of each call by their names', async () => {
  let built = 0
  const select = prepareQuery((any, slot: SlotOf<Since>) => {
    built++
    return any
      .selectFrom('throttle')
      .select('count')
      .where('expires_at', '>', slot('since'))
      .where('key', '=', slot('id'))
  })
  const insert = prepareInsert('throttle')
  await insert(db, [counter('a', 3, 500), counter('b', 7, 900)])
  const read = async (id: string, since: number, on = db) => (await select(on, { id, since: new Date(since) })).rows
  expect(await read('a', 499)).toEqual([{ count: 3 }])
  expect(await read('a', 500)).toEqual([])
  expect(await db.transaction().execute((trx) => read('b', 899, trx))).toEqual([{ count: 7 }])
  expect(built).toBe(1)
})

test('another database gets a text of its own', async () => {
  const select = prepareQuery((any, slot: SlotOf<{ readonly key: string }>) =>
    any.selectFrom('throttle').select('count').where('key', '=', slot('key')),
  )
  const elsewhere = openCounters()
  const insert = prepareInsert('throttle')
  await insert(db, [counter('a', 1, 1)])
  await insert(elsewhere, [counter('a', 2, 1)])
  expect((await select(db, { key: 'a' })).rows).toEqual([{ count: 1 }])
  expect((await select(elsewhere, { key: 'a' })).rows).toEqual([{ count: 2 }])
  await elsewhere.destroy()
})

test.each([1, 2, 5])('%i rows are inserted, each with its own values', async (count) => {
  const insert = prepareInsert('throttle')
  const rows = Array.from({ length: count }, (_, index) => counter(`key ${index}`, index, 1_000 + index))
  await insert(db, rows)
  await insert(
    db,
    rows.map((row) => ({ ...row, key: `again ${row.key}` })),
  )
  const stored = await db.selectFrom('throttle').selectAll().orderBy('expires_at').orderBy('key', 'desc').execute()
  expect(stored).toEqual(
    rows.flatMap(({ key, count: of }, index) =>
      [key, `again ${key}`].map((each) => ({ key: each, count: of, blocked_until: 0, expires_at: 1_000 + index })),
    ),
  )
})
