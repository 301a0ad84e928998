import type { AccessTokenId, UserId } from '../kernel/ids.ts'
import { cutPage, MAX_PAGE, type Page } from '../kernel/page.ts'
import type { NextPageJson } from '../kernel/page-json.ts'
import type { AccessToken } from '../kernel/principal.ts'
import type { AccessTokenStore } from './store.ts'

/** Dependencies of the functions that list access tokens. */
export interface ListAccessTokensDeps {
  readonly accessTokens: Pick<AccessTokenStore, 'listByUser'>
}

/** Returns a page of the access tokens of a user, newest first. */
export async function listAccessTokens(
  { accessTokens }: ListAccessTokensDeps,
  userId: UserId,
  { before, limit }: Page<AccessTokenId> = { before: null, limit: MAX_PAGE },
): Promise<{ readonly items: readonly AccessToken[]; readonly rest: NextPageJson }> {
  return cutPage(await accessTokens.listByUser(userId, { before, limit: limit + 1 }), limit)
}

/** Returns all access tokens of a user, newest first. Reads them page by page. */
export async function listAllAccessTokens(
  { accessTokens }: ListAccessTokensDeps,
  userId: UserId,
): Promise<AccessToken[]> {
  const all: AccessToken[] = []
  for (let before: AccessTokenId | null = null; ; before = all.at(-1)?.id ?? null) {
    const page: readonly AccessToken[] = await accessTokens.listByUser(userId, { before, limit: MAX_PAGE })
    all.push(...page)
    if (page.length < MAX_PAGE) return all
  }
}
