import type { TokenDigest } from '../crypto/token.ts'
import { createBoundedMap } from '../kernel/bounded-map.ts'
import type { UserId } from '../kernel/ids.ts'
import type { TokenPrincipal } from '../kernel/principal.ts'

/** Verified access tokens by digest, of limited number. */
export interface TokenTable {
  get(digest: TokenDigest): TokenPrincipal | undefined
  /** Replaces an older copy. When the table is full, the token that was put first leaves. */
  put(digest: TokenDigest, principal: TokenPrincipal): void
  removeUser(id: UserId): void
  clear(): void
}

/**
 * Creates an empty table.
 * @param maxTokens number of tokens that the table holds at most; 0 keeps none.
 */
export function createTokenTable(maxTokens: number): TokenTable {
  const principals = createBoundedMap<TokenDigest, TokenPrincipal>(maxTokens)
  const byUser = new Map<UserId, Set<TokenDigest>>()

  function unlink(digest: TokenDigest, { user }: TokenPrincipal): void {
    const own = byUser.get(user.id)
    own?.delete(digest)
    if (own?.size === 0) byUser.delete(user.id)
  }

  return {
    get: (digest) => principals.get(digest),
    put(digest, principal) {
      const older = principals.get(digest)
      if (older !== undefined) unlink(digest, older)
      const own = byUser.get(principal.user.id) ?? new Set()
      byUser.set(principal.user.id, own.add(digest))
      const leaving = principals.set(digest, principal)
      if (leaving !== null) unlink(leaving.key, leaving.value)
    },
    removeUser(id) {
      for (const digest of byUser.get(id) ?? []) principals.delete(digest)
      byUser.delete(id)
    },
    clear() {
      principals.clear()
      byUser.clear()
    },
  }
}
