/** Rows in one transaction, which keeps other writers, and with SQLite the event loop, waiting for a few milliseconds. */
export const BATCH = 50

/**
 * Repeats `work` until a batch is not full, so that no transaction holds the database for long.
 * @param work does up to `limit` things in one transaction; returns how many it did.
 * @returns how many things were done in all batches.
 */
export async function inBatches(work: (limit: number) => Promise<number>): Promise<number> {
  let total = 0
  for (;;) {
    const done = await work(BATCH)
    total += done
    if (done < BATCH) return total
  }
}

/** Calls `work` for each item, for `size` items at the same time. Returns the results in the order of the items. */
export async function inSlices<Item, Result>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let start = 0; start < items.length; start += size) {
    results.push(...(await Promise.all(items.slice(start, start + size).map(work))))
  }
  return results
}
