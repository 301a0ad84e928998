import type { Transaction } from 'kysely'
import type { Change } from '../../sessions/store.ts'
import type { Database } from './schema.ts'

/**
 * A numbered, immutable step of the schema, in the SQL of each database. The text of a released migration never
 * changes.
 */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sqlite: readonly string[]
  readonly postgres: readonly string[]
  /** Changes rows after the statements, where SQL cannot express the change. */
  readonly rewrite?: Rewrite
  /**
   * The lowest number of migrations that a release must know to work on this schema. Default: one less than this
   * migration's number, because each migration first expands the schema and a later release contracts it. Older
   * releases refuse to start.
   */
  readonly worksWith?: number
}

/** A change of rows, in the transaction of the migration. */
export interface Rewrite {
  /** One sentence for the operator: what it changes. */
  readonly purpose: string
  /**
   * Changes the rows.
   * @param announce evicts a user from the caches of running processes after the commit.
   * @returns a note for the operator on everything that needs a decision. Notes contain ids, but no personal data.
   */
  run(trx: Transaction<Database>, announce: (change: Change) => Promise<void>): Promise<readonly string[]>
}

/** The databases that migrations exist for. */
export type SqlKind = 'sqlite' | 'postgres'
