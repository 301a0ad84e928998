import { z } from 'zod'
import type { NextPageJson } from './page-json.ts'
import { Refusal } from './refusal.ts'
import type { RouteRequest } from './route.ts'

/** A page of a list: the items after the one with the id `before`, in the order of the list. */
export interface Page<Id extends string = string> {
  /** Id of the last item of the previous page; null starts with the first item. */
  readonly before: Id | null
  readonly limit: number
}

/** Maximum and default number of items on a page. */
export const MAX_PAGE = 100

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
  const { before = [], limit = [], ...others } = queryAll
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

/**
 * Cuts a page from items that were read with one more than its limit.
 * @returns the items of the page, and the member `next` of the answer if more items follow.
 */
export function cutPage<Item extends { readonly id: string }>(
  items: readonly Item[],
  limit: number,
): { readonly items: readonly Item[]; readonly rest: NextPageJson } {
  const page = items.slice(0, limit)
  const last = page.at(-1)
  return { items: page, rest: items.length > limit && last !== undefined ? { next: last.id } : {} }
}

/** Yields items as JSON, page by page, for a list that is streamed. */
export async function* inPages<Item, Json>(
  items: readonly Item[],
  toJson: (item: Item) => Json,
): AsyncGenerator<readonly Json[]> {
  for (let start = 0; start < items.length; start += MAX_PAGE) {
    yield items.slice(start, start + MAX_PAGE).map((item) => toJson(item))
  }
}

function badQuery(detail: string): Refusal {
  return new Refusal('bad_request', { detail })
}
