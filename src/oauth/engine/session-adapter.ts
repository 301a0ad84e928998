import { SECOND_MS } from '../../kernel/clock.ts'
import { toAcr, toAmr } from '../amr.ts'
import type { ModelAdapter } from './adapter-deps.ts'
import { currentScope } from './engine-scope.ts'

/** The session of the engine is the session of the request. The engine cannot change or end it. */
export function sessionAdapter(): ModelAdapter {
  const find: ModelAdapter['find'] = async (id) => {
    const { principal } = currentScope()
    if (principal?.session.id !== id) return undefined
    const { user, session } = principal
    return {
      kind: 'Session',
      jti: session.id,
      uid: session.id,
      accountId: user.id,
      loginTs: Math.floor(session.authenticatedAt / SECOND_MS),
      amr: toAmr(session.methods),
      acr: toAcr(session.methods),
    }
  }
  return { find, findByUid: find }
}
