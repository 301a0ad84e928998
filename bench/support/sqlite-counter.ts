import { DatabaseSync, StatementSync } from 'node:sqlite'

/** Numbers of executed statements: those that read or write, and PRAGMAs, which do neither. */
export interface StatementCount {
  readonly queries: number
  readonly pragmas: number
}

/**
 * Counts the statements of every driver on `node:sqlite` in this process, if turned on. Call it before loading a
 * driver.
 */
export function countSqliteStatements(isOn: boolean): () => StatementCount {
  let queries = 0
  let pragmas = 0

  function count(sql: string): void {
    if (/^\s*pragma/i.test(sql)) pragmas++
    else queries++
  }

  if (isOn) {
    // Treats Node's classes as records of their methods.
    const statement = StatementSync.prototype as unknown as Record<string, (...values: unknown[]) => unknown>
    for (const method of ['run', 'get', 'all', 'iterate']) {
      const original = statement[method] as (...values: unknown[]) => unknown
      statement[method] = function (this: StatementSync, ...values) {
        count(this.sourceSQL)
        return original.apply(this, values)
      }
    }
    const { exec } = DatabaseSync.prototype
    DatabaseSync.prototype.exec = function (sql) {
      count(sql)
      exec.call(this, sql)
    }
  }
  return () => ({ queries, pragmas })
}
