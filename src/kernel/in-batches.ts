/** Rows in one transaction, which keeps other writers waiting for some milliseconds. */
const BATCH = 500

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
