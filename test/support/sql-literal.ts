/** A row as an SQL statement that inserts it, for tests that write beside Latchkey. */
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
