import type { ModelAdapter } from './adapter-deps.ts'
import { currentScope, type KnownGrant } from './engine-scope.ts'
import { parseFamily } from './family.ts'

/** Grants of a request: the token that names one was read together with it, so this needs no query. */
export function grantAdapter(): ModelAdapter {
  return {
    async find(id) {
      const family = parseFamily(id)
      const grant = family === null ? undefined : currentScope().grants.get(family.grantId)
      return grant === undefined ? undefined : toEngineGrant(grant, id)
    },
  }
}

/** Returns the grant as the engine knows it. */
export function toEngineGrant({ userId, clientId, scopes }: KnownGrant, id: string) {
  return { kind: 'Grant', jti: id, accountId: userId, clientId, openid: { scope: scopes.join(' ') } }
}
