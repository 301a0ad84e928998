import type { Clock } from '../kernel/clock.ts'
import { createUseCollector, type UseCollector } from '../kernel/use-collector.ts'
import { createSessionSealer, type SessionSealer } from './sealed-session.ts'
import { createSessionCache, type SessionCache } from './session-cache.ts'
import type { SessionSettings } from './settings.ts'
import type { SessionStore, Touch } from './store.ts'
import { createSuspects, type Suspects } from './suspects.ts'
import type { VerificationCounts } from './verify-session.ts'

/** Data that this process keeps in memory to verify sessions. */
export interface SessionMemory {
  readonly sessionSettings: SessionSettings
  readonly cache: SessionCache
  readonly suspects: Suspects
  readonly sealer: SessionSealer
  /** Last uses that are not written yet. */
  readonly touches: UseCollector<Touch>
  readonly verifications: VerificationCounts
}

/** Dependencies of `createSessionMemory`. */
export interface SessionMemoryParts {
  readonly sessions: SessionStore
  readonly sessionSettings: SessionSettings
  /** Newest first. */
  readonly secrets: readonly Uint8Array[]
  readonly clock: Clock
  readonly report: (error: unknown) => void
}

/** Creates an empty memory. */
export function createSessionMemory(parts: SessionMemoryParts): SessionMemory {
  const { sessions, sessionSettings, secrets, clock, report } = parts
  const suspects = createSuspects(sessions.recentChanges, clock, report)
  return {
    sessionSettings,
    suspects,
    cache: createSessionCache(sessionSettings.cacheSize, sessionSettings.token === 'sealed' ? suspects : null),
    sealer: createSessionSealer(secrets),
    touches: createUseCollector(sessions.writeTouches, report),
    verifications: { warm: 0, cold: 0, refused: 0 },
  }
}
