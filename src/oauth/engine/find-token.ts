import { hashToken, type TokenHash } from '../../crypto/token.ts'
import type { FoundOAuthToken } from '../store.ts'
import type { AdapterDeps } from './adapter-deps.ts'
import { currentScope } from './engine-scope.ts'

/** Start of what stands for a secret of which only the hash is known, or which the engine must not see. */
export const HASHED = 'hash:'

/** Reads a token once per request, with its user and its grant. */
export function findToken(deps: AdapterDeps, hash: TokenHash): Promise<FoundOAuthToken | null> {
  const { tokens } = currentScope()
  const pending = tokens.get(hash) ?? readToken(deps, hash) // the engine asks for several kinds at the same time
  tokens.set(hash, pending)
  return pending
}

async function readToken(deps: AdapterDeps, hash: TokenHash): Promise<FoundOAuthToken | null> {
  const scope = currentScope()
  const read = await deps.oauthTokens.find(hash, deps.clock())
  const found = read !== null && (await isAlive(deps, read)) ? read : null
  if (found === null) return null
  const { token, user, grantScopes } = found
  if (user !== null) scope.users.set(user.id, user)
  const { grantId, userId, clientId } = token
  if (grantId !== null && userId !== null && clientId !== null && grantScopes !== null) {
    scope.grants.set(grantId, { id: grantId, userId, clientId, scopes: grantScopes })
  }
  return found
}

/** Returns false if the session of the token has ended. With sessions in another storage, that storage is asked. */
async function isAlive(deps: AdapterDeps, { token, isSessionLive }: FoundOAuthToken): Promise<boolean> {
  const { sessionId, userId } = token
  if (sessionId === null || isSessionLive) return true
  return userId !== null && deps.sessions.isLive({ id: sessionId, userId }, deps.clock())
}

/** Returns what stands for a secret. It works only in a request that has it in its `aliases`. */
export function toHashedId(id: string): string {
  return id.startsWith(HASHED) ? id : `${HASHED}${hashToken(id)}`
}
