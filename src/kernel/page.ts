import type { NextPageJson } from './page-json.ts'

/** A page of a list: the items after the one with the id `before`, in the order of the list. */
export interface Page<Id extends string = string> {
  /** Id of the last item of the previous page; null starts with the first item. */
  readonly before: Id | null
  readonly limit: number
}

/** Maximum and default number of items on a page. */
export const MAX_PAGE = 100

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
