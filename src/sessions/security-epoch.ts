import { hashToken } from '../crypto/token.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionStore } from './store.ts'

/** Dependencies of `requireSecurityEpoch`. */
export interface SecurityEpochDeps {
  readonly sessions: SessionStore
}

/**
 * Reads the security epoch of a session from the storage. Pass it to a later write: the write fails if all sessions of the
 * user are revoked in the meantime.
 * @throws Refusal `unauthenticated` if the session was revoked or has expired.
 */
export async function requireSecurityEpoch(
  { sessions }: { readonly sessions: Pick<SessionStore, 'findSecurityEpoch'> },
  sessionToken: string,
): Promise<number> {
  const epoch = await sessions.findSecurityEpoch(hashToken(sessionToken))
  if (epoch === null) throw new Refusal('unauthenticated', { reason: 'session ended meanwhile' })
  return epoch
}
