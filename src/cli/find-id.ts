import { ConfigurationError } from '../options/options.ts'

const SHORTENED = /^…?([\da-f]{4,12})$/i

/**
 * Returns the id that a user typed: a whole id, or the end of one as tables show it on a terminal.
 * @throws ConfigurationError if the end fits several ids.
 */
export function findId(typed: string, ids: readonly string[]): string {
  const end = SHORTENED.exec(typed)?.[1]?.toLowerCase()
  if (end === undefined) return typed
  const [id, other] = ids.filter((each) => each.endsWith(end))
  if (other !== undefined)
    throw new ConfigurationError(`Several ids end with ${end}: type more of it, or the whole id.`)
  return id ?? typed
}
