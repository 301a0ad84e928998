import { hashToken } from '../crypto/token.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionStore } from './store.ts'

/** What asking for the epoch works with. */
export interface SecurityEpochDeps {
  readonly sessions: SessionStore
}

/**
 * The security epoch of a session, asked of the store: what is stored on its condition fails if all sessions of the user
 * end meanwhile.
 * @throws unauthenticated when the session has ended.
 */
export async function requireSecurityEpoch({ sessions }: SecurityEpochDeps, sessionToken: string): Promise<number> {
  const epoch = await sessions.findSecurityEpoch(hashToken(sessionToken))
  if (epoch === null) throw new Refusal('unauthenticated', { reason: 'session ended meanwhile' })
  return epoch
}
