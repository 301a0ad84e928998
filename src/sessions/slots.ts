/** A limited number of numbered slots, for a table that evicts content that was not used recently. */
export interface Slots {
  /**
   * Takes a slot. If all are taken, it empties a slot whose content was not used recently, and returns that slot.
   * @param evict is called with the slot to empty.
   */
  take(evict: (slot: number) => void): number
  free(slot: number): void
  markUsed(slot: number): void
  clear(): void
}

/** Maximum number of used slots that one eviction skips, so that a large table does not block the event loop. */
const MAX_PASSED = 1_000

/**
 * Creates empty slots. Eviction is CLOCK (second chance; Corbató 1968): a hand moves around the slots, skips each slot that
 * was used since its last visit, and stops at the first one that was not. It approximates LRU without an ordered list: a use
 * sets one byte. New content counts as not used, so that content used once is evicted before content that is used again.
 * @param maxSlots number of slots, at least 1.
 */
export function createSlots(maxSlots: number): Slots {
  const isUsed = new Uint8Array(maxSlots)
  const freed: number[] = []
  /** First slot that was never taken. */
  let fresh = 0
  let hand = 0

  /** Returns the next slot, and moves the hand past it, so that new content stays for a whole round. */
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
