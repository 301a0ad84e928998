import { type Clock, MINUTE_MS } from '../kernel/clock.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { MAX_SEAL_AGE_MS } from './settings.ts'
import type { RecentChanges } from './store.ts'

/**
 * Sessions and users that changed recently. A sealed session that is not in this list has not changed since it was sealed. A
 * sealed session in the list may have been revoked, or its user may have changed, so it is read from the storage.
 */
export interface Suspects {
  /** Returns true if the session or its user may have changed after `sealedAt`, also while the changes are unknown. */
  has(principal: SessionPrincipal, sealedAt: number): boolean
  /** Adds a session or a user that changed, in this process or in another. */
  add(id: string): void
  /** Reports that changes may have been lost. Until they are read again, every sealed session is suspect. */
  lose(): void
}

/** Maximum difference between the clocks of two nodes. */
export const CLOCK_SKEW_MS: number = MINUTE_MS
const KEEP_MS = MAX_SEAL_AGE_MS + 2 * CLOCK_SKEW_MS
/** If the list grows beyond this, all sessions sealed until now are suspect, and the list starts again. */
const MAX_SUSPECTS = 200_000

/** Creates an empty list. Every sealed session is suspect until the recent changes are read. */
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

  /** Replaces the older half of the list by the recent half, so that each id stays for at least KEEP_MS, at most twice that. */
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
