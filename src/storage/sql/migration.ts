/** A numbered, immutable step of the schema, in the SQL of each database. Text of a released one never changes. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sqlite: readonly string[]
  readonly postgres: readonly string[]
  /**
   * The highest migration that a release may end at and still work on this schema. Default: the one before, since
   * every step expands first and contracts a release later. An older release refuses to start.
   */
  readonly worksWith?: number
}

/** The databases that migrations are written for. */
export type SqlKind = 'sqlite' | 'postgres'
