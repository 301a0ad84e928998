import type { AccessItem, AccessKind } from '../kernel/feature.ts'
import { cutPage, type Page } from '../kernel/page.ts'
import type { NextPageJson } from '../kernel/page-json.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'

/** Something that opens an account, with the word of its kind. */
export interface KindOfAccess extends AccessItem {
  readonly kind: string
}

/** A page of everything that opens an account. */
export interface AccessList {
  readonly items: readonly KindOfAccess[]
  readonly rest: NextPageJson
}

/**
 * Returns a page of everything that opens the account, kind by kind.
 * @throws Refusal `bad_request` if `before` is not the id of an item.
 */
export async function listAccess(
  kinds: readonly AccessKind[],
  principal: SessionPrincipal,
  { before, limit }: Page,
): Promise<AccessList> {
  let isReached = before === null
  const items: KindOfAccess[] = []
  for (const { kind, list } of kinds) {
    if (items.length > limit) break
    const all = await list(principal)
    const place = isReached ? -1 : all.findIndex(({ id }) => id === before)
    if (!isReached && place === -1) continue
    isReached = true
    items.push(...all.slice(place + 1, place + 2 + limit - items.length).map((item) => ({ kind, ...item })))
  }
  if (!isReached) throw new Refusal('bad_request', { detail: UNKNOWN_POSITION })
  return cutPage(items, limit)
}

const UNKNOWN_POSITION =
  'The parameter before must be the id of an item of this list. If that item was revoked, start again without it.'
