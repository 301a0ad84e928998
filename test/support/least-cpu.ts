const RUNS = 5

/**
 * Returns the CPU time that work takes this thread, in milliseconds: the least of five runs, because a garbage collection or the compiler
 * can fall into one of them. On a busy machine the clock would also count the time of other processes.
 */
export async function leastCpuMs(work: () => unknown): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const before = process.threadCpuUsage()
    await work()
    const { user, system } = process.threadCpuUsage(before)
    times.push((user + system) / 1_000)
  }
  return Math.min(...times)
}
