/**
 * A numbered, immutable step of the schema, in the SQL of each database. The text of a released migration never
 * changes.
 */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sqlite: readonly string[]
  readonly postgres: readonly string[]
  /**
   * The lowest number of migrations that a release must know to work on this schema. Default: one less than this
   * migration's number, because each migration first expands the schema and a later release contracts it. Older
   * releases refuse to start.
   */
  readonly worksWith?: number
}

/** The databases that migrations exist for. */
export type SqlKind = 'sqlite' | 'postgres'
