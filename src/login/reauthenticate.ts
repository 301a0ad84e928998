import type { Emit } from '../kernel/event.ts'
import type { Principal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type ProvePasswordDeps, provePasswordById } from '../passwords/prove-password.ts'
import type { IssuedSession } from '../sessions/new-session.ts'
import { planRotation } from '../sessions/rotate-session.ts'
import type { SessionDeps } from '../sessions/start-session.ts'

/** Who proves themselves again, and the token of the session they do it in. */
export interface ReauthenticateInput {
  readonly principal: Principal
  readonly sessionToken: string
  readonly password: string
}

/**
 * Makes the session fresh: it keeps its id and gets a new token, the old one dies.
 * @throws wrong_password (the session goes on); unauthenticated when it ended meanwhile.
 */
export async function reauthenticate(
  deps: ProvePasswordDeps & SessionDeps,
  { principal: { user, session }, sessionToken, password }: ReauthenticateInput,
  emit: Emit,
): Promise<IssuedSession> {
  const proof = await provePasswordById(deps, user.id, password)
  if (!proof.proven) {
    emit({ type: 'reauthentication.refused', userId: user.id, sessionId: session.id, reason: proof.reason })
    throw new Refusal('wrong_password', { detail: 'The password is wrong.' })
  }
  const planned = planRotation(session, sessionToken, deps.clock())
  const rotated = await deps.sessions.rotate(planned.rotation, proof.credential.securityEpoch)
  deps.cache.evictSession(session)
  if (!rotated) throw new Refusal('unauthenticated', { reason: 'session ended meanwhile' })
  emit({ type: 'reauthentication.succeeded', userId: user.id, sessionId: session.id })
  return planned
}
