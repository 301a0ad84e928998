import { DatabaseSync, StatementSync } from 'node:sqlite'

/** Statements that ran: those that read or write, and PRAGMAs, which do neither. */
export interface StatementCount {
  readonly queries: number
  readonly pragmas: number
}

/** Counts what any driver over `node:sqlite` runs in this process, when told to; it must come before them. */
export function countSqliteStatements(isOn: boolean): () => StatementCount {
  let queries = 0
  let pragmas = 0

  function count(sql: string): void {
    if (/^\s*pragma/i.test(sql)) pragmas++
    else queries++
  }

  if (isOn) {
    // Node's classes, as tables of their methods.
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
