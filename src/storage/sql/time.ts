import { type RawBuilder, sql } from 'kysely'

/** A time (milliseconds since 1970 UTC) as every database takes it; they all give milliseconds back. */
export function at(ms: number): RawBuilder<number> {
  return sql<number>`${new Date(ms)}`
}
