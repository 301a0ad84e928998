/** An entry of a map. */
export interface Entry<Key, Value> {
  readonly key: Key
  readonly value: Value
}

/** A map of limited size. When it is full, it evicts the oldest entry. Reading does not make an entry younger. */
export interface BoundedMap<Key, Value> {
  get(key: Key): Value | undefined
  /**
   * Stores a value as the youngest entry.
   * @returns the evicted entry, or null. With a limit of 0 that is the new entry itself.
   */
  set(key: Key, value: Value): Entry<Key, Value> | null
  delete(key: Key): void
  clear(): void
}

/**
 * Creates an empty map.
 * @param maxEntries maximum number of entries.
 */
export function createBoundedMap<Key, Value>(maxEntries: number): BoundedMap<Key, Value> {
  const entries = new Map<Key, Value>()
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key) // so that it moves to the end
      entries.set(key, value)
      if (entries.size <= maxEntries) return null
      const [oldest] = entries
      if (oldest === undefined) return null
      entries.delete(oldest[0])
      return { key: oldest[0], value: oldest[1] }
    },
    delete(key) {
      entries.delete(key)
    },
    clear() {
      entries.clear()
    },
  }
}
