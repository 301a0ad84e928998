/*
 * Queries whose text is built once. For the queries of a login, building the text takes longer than SQLite takes to run it.
 * Proven by prepared-query.test.ts.
 */
import {
  type Compilable,
  type CompiledQuery,
  type DialectAdapter,
  type Insertable,
  type InsertObject,
  type Kysely,
  type QueryResult,
  type RawBuilder,
  sql,
} from 'kysely'
import type { Database } from './schema.ts'

/** A value in a query: times are dates, which all databases return as milliseconds. */
type Value = string | number | boolean | Date | null

/** Returns the place of a value in the text, by its name. */
export type SlotOf<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<SlotType<Values[Name]>>
type SlotType<Given> = Given extends Date ? number : Given

/** Runs a query with values. */
export type PreparedQuery<Values, Row> = (db: Kysely<Database>, values: Values) => Promise<QueryResult<Row>>

class Slot {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/**
 * Returns a query whose text is built at its first use, once for each database.
 * @param build returns the query with a slot in place of each value.
 */
export function prepareQuery<Values extends { readonly [Name in keyof Values]: Value }, Row>(
  build: (db: Kysely<Database>, slot: SlotOf<Values>) => Compilable<Row>,
): PreparedQuery<Values, Row> {
  const queries = new WeakMap<DialectAdapter, CompiledQuery<Row>>()
  return (db, values) => {
    const query = getOrAdd(queries, adapterOf(db), () => build(db, slotOf as SlotOf<Values>).compile())
    const parameters = query.parameters.map((each) => (each instanceof Slot ? values[each.name as keyof Values] : each))
    return db.executeQuery<Row>({ ...query, parameters })
  }
}

/** Like `prepareQuery`, for a text that depends on a number, such as the number of keys. Returns the query for a number. */
export function prepareQueries<Values extends { readonly [Name in keyof Values]: Value }, Row>(
  build: (db: Kysely<Database>, slot: SlotOf<Values>, count: number) => Compilable<Row>,
): (count: number) => PreparedQuery<Values, Row> {
  const queries = new Map<number, PreparedQuery<Values, Row>>()
  return (count) => getOrAdd(queries, count, () => prepareQuery((db, slot) => build(db, slot, count)))
}

function slotOf(name: string): RawBuilder<unknown> {
  return sql`${new Slot(name)}`
}

/** A row without expressions: times are dates. */
export type PlainRow<Table extends keyof Database> = {
  readonly [Column in keyof Insertable<Database[Table]>]: Plain<Insertable<Database[Table]>[Column]>
}
type Plain<Given> = Given extends number ? number | Date : Given

/**
 * Returns the function that inserts rows, whose text is built once for each database and number of rows.
 * All rows have the same columns in the same order.
 */
export function prepareInsert<Table extends keyof Database>(
  table: Table,
): (db: Kysely<Database>, rows: readonly PlainRow<Table>[]) => Promise<void> {
  const queries = new WeakMap<DialectAdapter, Map<number, CompiledQuery>>()
  return async (db, rows) => {
    const byCount = getOrAdd(queries, adapterOf(db), () => new Map<number, CompiledQuery>())
    const query = getOrAdd(byCount, rows.length, () => compileInsert(db, table, rows))
    await db.executeQuery({ ...query, parameters: rows.flatMap((row) => Object.values(row)) })
  }
}

function compileInsert<Table extends keyof Database>(
  db: Kysely<Database>,
  table: Table,
  rows: readonly PlainRow<Table>[],
): CompiledQuery {
  const values = rows as unknown as InsertObject<Database, Table>[] // Kysely takes dates, too
  return db.insertInto(table).values(values).compile()
}

/** Returns the object that a database shares with its transactions and its connections. */
function adapterOf(db: Kysely<Database>): DialectAdapter {
  return db.getExecutor().adapter
}

function getOrAdd<Key, Found>(
  map: { get(key: Key): Found | undefined; set(key: Key, value: Found): unknown },
  key: Key,
  make: () => Found,
): Found {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
