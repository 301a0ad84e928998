import { resolve } from 'node:path'
import { ConfigurationError } from '../options/options.ts'

const RIGHT = 'it must be sqlite:app.db (in the working directory) or sqlite:/var/lib/latchkey/app.db'

/** What follows two slashes where other tools mean a relative path: `/app.db`, `/./app.db`, `/../data/app.db`. */
const RELATIVE_ELSEWHERE = /^\/{1,2}(?:[^/]+$|\.{1,2}\/)/

/** Parts of file names that other tools and shells replace, and SQLite does not: `file:`, parameters, quotes, `~` and variables. */
const REPLACED_ELSEWHERE = /^(?:file:|[~'\s])|[;"$]/

/**
 * Returns the path in a URL of a SQLite file. `sqlite:app.db` and `sqlite://app.db` are relative to the directory,
 * `sqlite:/var/app.db` and `sqlite:///var/app.db` are absolute.
 * @throws ConfigurationError for a query, a fragment, a percent escape, an unexpanded `~` or variable, no file, and for `sqlite:///app.db` and `sqlite:///./app.db`,
 *   which other tools read as relative paths.
 */
export function parseSqliteUrl(url: string, directory: string): string {
  if (isSqliteInMemory(url)) return ':memory:'
  const rest = url.slice('sqlite:'.length).trimEnd()
  if (/[?#]/.test(rest)) throw wrong('must not have a query or a fragment')
  if (/%[\da-f]{2}/i.test(rest))
    throw wrong('must not have percent escapes, which would become part of the name of the file')
  const replaced = REPLACED_ELSEWHERE.exec(rest.replace(/^\/+/, ''))?.[0]
  if (replaced !== undefined)
    throw wrong(`must not have ${JSON.stringify(replaced)}, which would become part of the name of the file`)
  const path = rest.startsWith('//') ? rest.slice(2) : rest
  if (RELATIVE_ELSEWHERE.test(path) && rest.startsWith('//'))
    throw wrong('is ambiguous: some tools read it as a relative path')
  if (path === '' || path.endsWith('/')) throw wrong('names no file')
  return resolve(directory, path)
}

/** Returns true for the URL of a database in memory. */
export function isSqliteInMemory(url: string): boolean {
  return url === 'sqlite::memory:' || url === 'sqlite://:memory:'
}

function wrong(problem: string): ConfigurationError {
  return new ConfigurationError(`DATABASE_URL ${problem}: ${RIGHT}`)
}
