import { join } from 'node:path'

/** Returns the SQLite file in the folder of a subject. */
export function sqliteFile(directory: string): string {
  return join(directory, 'bench.db')
}
