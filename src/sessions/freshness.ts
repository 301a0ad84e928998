import type { Session } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionDeps } from './start-session.ts'

/** Throws reauthentication_required when the last proof of identity is older than the freshness limit. */
export function requireFreshSession(
  { clock, settings }: Pick<SessionDeps, 'clock' | 'settings'>,
  session: Session,
): void {
  if (clock() - session.authenticatedAt >= settings.freshMs) throw new Refusal('reauthentication_required')
}
