import { z } from 'zod'
import { MAX_PAGE, type Page } from './page.ts'
import { Refusal } from './refusal.ts'
import type { RouteRequest } from './route.ts'

/** The meaning of the query of a list, for the reference. */
export const PAGE_QUERY: { readonly before: string; readonly limit: string } = {
  before: 'The `next` of the previous page: lists the items that follow it.',
  limit: `Maximum number of items, 1 to ${MAX_PAGE}. Default ${MAX_PAGE}.`,
}

/** Schema of the member that leads to the next page. */
export const nextPageShape: { readonly next: z.ZodType<string | undefined> } = {
  next: z.uuid().optional().meta({ description: 'The `before` of the next page. Absent on the last page.' }),
}

const LIMIT = /^[1-9]\d{0,2}$/

/**
 * Reads the query of a list.
 * @param parseId returns null for a text that is not an id.
 * @throws Refusal `bad_request` for a parameter that is unknown, repeated or wrong: an ignored one would give the first page
 *   again.
 */
export function readPage<Id extends string>(
  { queryAll }: Pick<RouteRequest, 'queryAll'>,
  parseId: (text: string) => Id | null,
): Page<Id> {
  const { before = [], limit = [], ...others } = queryAll()
  if (Object.keys(others).length > 0 || before.length > 1 || limit.length > 1) {
    throw badQuery('The query takes before and limit, each once.')
  }
  const [beforeText, limitText = String(MAX_PAGE)] = [before[0], limit[0]]
  const id = beforeText === undefined ? null : parseId(beforeText)
  if (id === null && beforeText !== undefined) throw badQuery('The parameter before must be the id of an item.')
  const most = LIMIT.test(limitText) ? Number(limitText) : 0
  if (most < 1 || most > MAX_PAGE) throw badQuery(`The parameter limit must be a number from 1 to ${MAX_PAGE}.`)
  return { before: id, limit: most }
}

function badQuery(detail: string): Refusal {
  return new Refusal('bad_request', { detail })
}
