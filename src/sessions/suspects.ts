import { type Clock, MINUTE_MS } from '../kernel/clock.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { MAX_SEAL_AGE_MS } from './settings.ts'
import type { RecentChanges } from './store.ts'

/**
 * Sessions and users that changed lately. A sealed session that is none of them is as it was when it was sealed; one that is
 * may have ended, or its user may have another name: then the storage is asked.
 */
export interface Suspects {
  /** Also true while it cannot be known. */
  has(principal: SessionPrincipal, sealedAt: number): boolean
  /** Notes a session or a user that changed, here or elsewhere. */
  add(id: string): void
  /** Changes may have been missed: until they are read anew, everything is suspect. */
  lose(): void
}

/** How far apart the clocks of nodes may be. */
export const CLOCK_SKEW_MS: number = MINUTE_MS
const KEEP_MS = MAX_SEAL_AGE_MS + 2 * CLOCK_SKEW_MS
/** Beyond it, whatever was sealed until now is suspect, and counting begins anew. */
const MAX_SUSPECTS = 200_000

/** Makes an empty list, which suspects everything until it has read what changed. */
export function createSuspects(
  recentChanges: () => Promise<RecentChanges>,
  clock: Clock,
  onError: (error: unknown) => void,
): Suspects {
  let recent = new Set<string>()
  let older = new Set<string>()
  let turnedAt = clock()
  let suspectUntil = 0
  let isKnown = false
  let losses = 0
  let isReading = false

  /** Two halves take turns, so that each id stays for as long as it must, and at most twice as long. */
  function turn(now: number): void {
    if (now - turnedAt < KEEP_MS && recent.size < MAX_SUSPECTS) return
    const isTooLong = recent.size >= MAX_SUSPECTS
    if (isTooLong) suspectUntil = now + CLOCK_SKEW_MS
    older = isTooLong ? new Set() : recent
    recent = new Set()
    turnedAt = now
  }

  async function read(): Promise<void> {
    const lossesBefore = losses
    const { ids, completeSince } = await recentChanges()
    for (const id of ids) recent.add(id)
    suspectUntil = Math.max(suspectUntil, completeSince + CLOCK_SKEW_MS)
    isKnown = losses === lossesBefore
  }

  function startReading(): void {
    if (isReading) return
    isReading = true
    read()
      .catch(onError)
      .finally(() => {
        isReading = false
      })
  }

  return {
    has({ session, user }, sealedAt) {
      if (!isKnown) {
        startReading()
        return true
      }
      turn(clock())
      if (sealedAt < suspectUntil) return true
      return recent.has(session.id) || recent.has(user.id) || older.has(session.id) || older.has(user.id)
    },
    add(id) {
      recent.add(id)
    },
    lose() {
      losses++
      isKnown = false
    },
  }
}
