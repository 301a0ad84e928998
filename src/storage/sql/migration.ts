/** A numbered, immutable step of the schema, in the SQL of each database. Text of a released one never changes. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sqlite: readonly string[]
}
