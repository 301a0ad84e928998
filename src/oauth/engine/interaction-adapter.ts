import { hashToken } from '../../crypto/token.ts'
import type { AdapterDeps, ModelAdapter } from './adapter-deps.ts'
import { currentScope } from './engine-scope.ts'
import { findToken, toHashedId } from './find-token.ts'
import { toPayload, toTokenRecord } from './token-record.ts'

/**
 * Requests that wait for the user: for a login, or for a decision. The row has neither the id of the request nor that of a pushed
 * request; the time at which the person began stays the same over all pauses.
 */
export function interactionAdapter(deps: AdapterDeps): ModelAdapter {
  return {
    async upsert(id, { returnTo: _, parJti, ...payload }, expiresInSeconds) {
      const scope = currentScope()
      const now = deps.clock()
      const startedAt = scope.startedAt ?? now
      scope.changes.insert.push(
        toTokenRecord({
          kind: 'Interaction',
          id,
          payload: { ...payload, startedAt, ...(parJti === undefined ? {} : { parJti: toHashedId(parJti) }) },
          expiresInSeconds: expiresInSeconds ?? 0,
          endsWithSession: false,
          userCodes: deps.userCodes,
          now,
        }),
      )
    },

    async find(id) {
      const found = await findToken(deps, hashToken(id))
      if (found?.token.kind !== 'Interaction' || found.token.expiresAt <= deps.clock()) return undefined
      const { startedAt, ...payload } = toPayload(id, found, null)
      const scope = currentScope()
      if (typeof startedAt === 'number') scope.startedAt = startedAt
      if (typeof payload.parJti === 'string') scope.aliases.add(payload.parJti)
      return { ...payload, returnTo: `${deps.authUrl}/oauth/authorize/${id}` }
    },

    async destroy(id) {
      currentScope().changes.remove.push(hashToken(id))
    },
  }
}
