import { type RawBuilder, sql } from 'kysely'

/**
 * Returns a time (milliseconds since 1970 UTC) as an SQL value for every database. All databases return milliseconds.
 */
export function at(ms: number): RawBuilder<number> {
  return sql<number>`${new Date(ms)}`
}
