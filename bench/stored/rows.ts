/*
 * Creates hundreds of thousands of rows, as copies of a row that the subject wrote. All columns keep the subject's
 * values, except those that must differ.
 */
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'

/** The rows to create. */
export interface Copies {
  readonly table: string
  /** Column and value that select the row to copy. */
  readonly template: readonly [column: string, value: string]
  /** The columns that differ, each with its value per copy. */
  readonly replaced: Readonly<Record<string, readonly string[]>>
}

/** A database that receives copied rows. */
export interface RowTarget {
  copy(copies: Copies): Promise<void>
  /** Reads one value of a row. */
  read(table: string, column: string, where: readonly [column: string, value: string]): Promise<string>
  /** Brings the database to a resting state: log written back, statistics up to date. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** Opens a SQLite file for copied rows. */
export function openSqliteRows(path: string): RowTarget {
  const file = new DatabaseSync(path)
  file.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -500000')
  return {
    async copy({ table, template: [column, value], replaced }) {
      const names = Object.keys(replaced)
      const columns = file.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[]
      const kept = columns.map(({ name }) => name).filter((name) => !names.includes(name))
      const insert = file.prepare(
        `INSERT INTO "${table}" (${quote([...names, ...kept])})
         SELECT ${[...names.map(() => '?'), quote(kept)].filter(Boolean).join(', ')} FROM "${table}" WHERE "${column}" = ?`,
      )
      file.exec('BEGIN')
      const count = Object.values(replaced)[0]?.length ?? 0
      for (let index = 0; index < count; index++) {
        insert.run(...names.map((name) => replaced[name]?.[index] ?? null), value)
      }
      file.exec('COMMIT')
    },
    async read(table, column, [name, value]) {
      const row = file.prepare(`SELECT "${column}" AS found FROM "${table}" WHERE "${name}" = ?`).get(value)
      return String(row?.found)
    },
    async settle() {
      file.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    },
    async close() {
      file.close()
    },
  }
}

/** Opens a schema of a PostgreSQL database for copied rows. */
export async function openPostgresRows(url: string, schema: string): Promise<RowTarget> {
  const client = new Client({ connectionString: url, options: `-c search_path=${schema} -c synchronous_commit=off` })
  await client.connect()

  async function columnsOf(table: string): Promise<ReadonlyMap<string, string>> {
    const { rows } = await client.query<{ name: string; type: string }>(
      `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [`"${table}"`],
    )
    return new Map(rows.map(({ name, type }) => [name, type]))
  }

  return {
    async copy({ table, template: [column, value], replaced }) {
      const types = await columnsOf(table)
      const names = Object.keys(replaced)
      const kept = [...types.keys()].filter((name) => !names.includes(name))
      const arrays = names.map((name, index) => `$${index + 2}::${types.get(name)}[]`)
      await client.query(
        `INSERT INTO "${table}" (${quote([...names, ...kept])})
         SELECT ${[quote(names, 'copies'), quote(kept, 'original')].filter(Boolean).join(', ')}
         FROM (SELECT * FROM "${table}" WHERE "${column}" = $1) AS original
         CROSS JOIN unnest(${arrays.join(', ')}) AS copies (${quote(names)})`,
        [value, ...names.map((name) => replaced[name])],
      )
    },
    async read(table, column, [name, value]) {
      const { rows } = await client.query(`SELECT "${column}"::text AS found FROM "${table}" WHERE "${name}" = $1`, [
        value,
      ])
      return String(rows[0]?.found)
    },
    async settle() {
      await client.query('VACUUM ANALYZE')
      await client.query('CHECKPOINT')
    },
    close: () => client.end(),
  }
}

function quote(names: readonly string[], table?: string): string {
  return names.map((name) => (table === undefined ? `"${name}"` : `${table}."${name}"`)).join(', ')
}
