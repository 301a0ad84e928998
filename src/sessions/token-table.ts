import type { TokenDigest } from '../crypto/token.ts'
import { createBoundedMap } from '../kernel/bounded-map.ts'
import type { UserId } from '../kernel/ids.ts'

/** A value of the table: it belongs to a user. */
interface Owned {
  readonly user: { readonly id: UserId }
}

/** A limited number of verified access tokens, by digest. */
export interface TokenTable<Value extends Owned> {
  get(digest: TokenDigest): Value | undefined
  /** Stores a token, or replaces its older copy. If the table is full, it evicts the token that was stored first. */
  put(digest: TokenDigest, principal: Value): void
  removeUser(id: UserId): void
  clear(): void
}

/**
 * Creates an empty table.
 * @param maxTokens maximum number of tokens in the table; 0: it stores none.
 */
export function createTokenTable<Value extends Owned>(maxTokens: number): TokenTable<Value> {
  const principals = createBoundedMap<TokenDigest, Value>(maxTokens)
  const byUser = new Map<UserId, Set<TokenDigest>>()

  function unlink(digest: TokenDigest, { user }: Value): void {
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
