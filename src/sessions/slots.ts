/** Numbered slots of limited number, for a table that forgets what was not used lately. */
export interface Slots {
  /**
   * Takes a slot. If all are taken, one whose content was not used lately is emptied.
   * @param evict is called with the slot to empty, which stays taken.
   */
  take(evict: (slot: number) => void): number
  free(slot: number): void
  markUsed(slot: number): void
  clear(): void
}

/** Slots in use that one eviction passes over at most, so that a large table does not hold up the event loop. */
const MAX_PASSED = 1_000

/**
 * Creates empty slots. Eviction is CLOCK (second chance; Corbató 1968): a hand goes round the slots, passes over a slot once
 * for being used since its last visit, and stops at one that was not. It approximates LRU without a list to keep in order:
 * a use sets one byte. New content counts as not used, so that content which is used once leaves before content which is
 * used again.
 * @param maxSlots number of slots, at least 1.
 */
export function createSlots(maxSlots: number): Slots {
  const isUsed = new Uint8Array(maxSlots)
  const freed: number[] = []
  /** Slots from here on were never taken. */
  let fresh = 0
  let hand = 0

  /** Moves the hand past the slot it returns, so that new content stays for a whole round. */
  function nextSlot(): number {
    const slot = hand
    hand = hand + 1 === maxSlots ? 0 : hand + 1
    return slot
  }

  function findUnused(): number {
    for (let passed = 0; passed < MAX_PASSED; passed++) {
      const slot = nextSlot()
      if (isUsed[slot] === 0) return slot
      isUsed[slot] = 0
    }
    return nextSlot()
  }

  return {
    take(evict) {
      const free = freed.pop()
      if (free !== undefined) return free
      if (fresh < maxSlots) return fresh++
      const slot = findUnused()
      evict(slot)
      return slot
    },
    free(slot) {
      isUsed[slot] = 0
      freed.push(slot)
    },
    markUsed(slot) {
      isUsed[slot] = 1
    },
    clear() {
      isUsed.fill(0)
      freed.length = 0
      fresh = 0
      hand = 0
    },
  }
}
