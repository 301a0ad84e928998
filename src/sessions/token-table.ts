import type { TokenDigest } from '../crypto/token.ts'
import type { UserId } from '../kernel/ids.ts'
import type { TokenPrincipal } from '../kernel/principal.ts'

/** Verified access tokens by digest, so many at most. */
export interface TokenTable {
  get(digest: TokenDigest): TokenPrincipal | undefined
  /** When the table is full, the one that was put first leaves. */
  put(digest: TokenDigest, principal: TokenPrincipal): void
  removeUser(id: UserId): void
  clear(): void
}

/** Makes an empty table. */
export function createTokenTable(maxTokens: number): TokenTable {
  const principals = new Map<TokenDigest, TokenPrincipal>()
  const byUser = new Map<UserId, Set<TokenDigest>>()

  function remove(digest: TokenDigest): void {
    const principal = principals.get(digest)
    if (principal === undefined) return
    principals.delete(digest)
    const own = byUser.get(principal.user.id)
    own?.delete(digest)
    if (own?.size === 0) byUser.delete(principal.user.id)
  }

  return {
    get: (digest) => principals.get(digest),
    put(digest, principal) {
      remove(digest)
      const [oldest] = principals.keys()
      if (oldest !== undefined && principals.size >= maxTokens) remove(oldest)
      principals.set(digest, principal)
      const own = byUser.get(principal.user.id) ?? new Set()
      byUser.set(principal.user.id, own.add(digest))
    },
    removeUser(id) {
      for (const digest of [...(byUser.get(id) ?? [])]) remove(digest)
    },
    clear() {
      principals.clear()
      byUser.clear()
    },
  }
}
