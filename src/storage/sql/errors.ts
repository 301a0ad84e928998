/* What databases call their errors. */

const SQLITE_CONSTRAINT_UNIQUE = 2067
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555
const POSTGRES_UNIQUE_VIOLATION = '23505'

/** True when the error says that a row with this unique value exists. */
export function isUniqueViolation(error: unknown): boolean {
  const code = sqliteCode(error)
  return (
    code === SQLITE_CONSTRAINT_UNIQUE ||
    code === SQLITE_CONSTRAINT_PRIMARYKEY ||
    sqlState(error) === POSTGRES_UNIQUE_VIOLATION
  )
}

/** The extended result code of an error of SQLite; null for any other error. */
export function sqliteCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null
}

/** The SQLSTATE of an error that a PostgreSQL server sent; null for any other error. */
export function sqlState(error: unknown): string | null {
  const isFromServer = error instanceof Error && 'severity' in error && 'code' in error
  return isFromServer && typeof error.code === 'string' ? error.code : null
}
