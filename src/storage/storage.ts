import type { UserStore } from '../accounts/store.ts'
import type { PasswordStore } from '../passwords/store.ts'
import type { SessionStore } from '../sessions/store.ts'

/** A storage that is open: the stores of every feature, over one database. */
export interface Stores {
  readonly users: UserStore
  readonly passwords: PasswordStore
  readonly sessions: SessionStore
  /** Resolves when the database answers; throws the refusal `unavailable` otherwise. */
  ping(): Promise<void>
  /** What is damaged, one line each; empty when all is well. */
  checkIntegrity(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Told the text of each SQL statement that runs, never its parameters. For counting and tracing. */
export type OnStatement = (statement: string) => void

/** A migration that the database does not have yet. */
export interface PendingMigration {
  readonly number: number
  readonly name: string
  readonly statements: readonly string[]
}

/** Where Latchkey keeps its data. Made by `sqlite(...)`; opens nothing until it is told to. */
export interface Storage {
  /** Where a development secret is kept: beside the database. Null when the data is in memory. */
  readonly secretsFile: string | null
  /**
   * Opens the database, brings its schema up to date unless told otherwise, and refuses a schema it does not know.
   * @throws Error that says what is wrong with the schema and what to do.
   */
  open(): Promise<Stores>
  /** The migrations that `open` or `migrate` would run. */
  planMigrations(): Promise<readonly PendingMigration[]>
  /** Brings the schema up to date; gives what was run. */
  migrate(): Promise<readonly PendingMigration[]>
}
