/** Returns an SQL statement that inserts rows, for tests that write to the database directly. */
export function insertStatement(table: string, rows: readonly Record<string, unknown>[]): string {
  const columns = Object.keys(rows[0] ?? {}).join()
  const tuples = rows.map((row) => `(${Object.values(row).map(toLiteral).join()})`)
  return `INSERT INTO ${table} (${columns}) VALUES ${tuples.join()}`
}

function toLiteral(value: unknown): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return `'${value instanceof Date ? value.toISOString() : String(value).replaceAll("'", "''")}'`
}
