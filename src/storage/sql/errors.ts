/* How databases report errors. */

const SQLITE_CONSTRAINT_UNIQUE = 2067
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555
const SQLITE_CONSTRAINT_FOREIGNKEY = 787
const POSTGRES_UNIQUE_VIOLATION = '23505'
const POSTGRES_FOREIGN_KEY_VIOLATION = '23503'

/** Returns true if the error means that a row with this unique value exists. */
export function isUniqueViolation(error: unknown): boolean {
  const code = sqliteCode(error)
  return (
    code === SQLITE_CONSTRAINT_UNIQUE ||
    code === SQLITE_CONSTRAINT_PRIMARYKEY ||
    sqlState(error) === POSTGRES_UNIQUE_VIOLATION
  )
}

/** Returns true if the error means that a row refers to a row that does not exist. */
export function isForeignKeyViolation(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_CONSTRAINT_FOREIGNKEY || sqlState(error) === POSTGRES_FOREIGN_KEY_VIOLATION
}

/** Returns the extended result code of a SQLite error, or null for any other error. */
export function sqliteCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null
}

/** Returns the SQLSTATE of an error from a PostgreSQL server, or null for any other error. */
export function sqlState(error: unknown): string | null {
  const isFromServer = error instanceof Error && 'severity' in error && 'code' in error
  return isFromServer && typeof error.code === 'string' ? error.code : null
}
