import type { Job } from './kernel/feature.ts'

/** The jobs of all features. */
export interface Jobs {
  /** Runs every sweep now. Returns the counts by name; throws what failed after all of them ran. */
  sweep(): Promise<ReadonlyMap<string, number>>
  /** Starts no more runs. */
  stop(): void
}

/** How jobs run. */
export interface JobsOptions {
  /** Milliseconds between two sweeps; 0: no job runs by itself. */
  readonly sweepIntervalMs: number
  readonly report: (error: unknown) => void
}

/** Starts the jobs, each on a timer of its own. */
export function startJobs(jobs: readonly Job[], { sweepIntervalMs, report }: JobsOptions): Jobs {
  const running = new Map<Job, Promise<number>>()

  /** A job that still runs is not started again: both callers wait for the same run. */
  function run(job: Job): Promise<number> {
    const current = running.get(job)
    if (current !== undefined) return current
    const started = job.run().finally(() => running.delete(job))
    running.set(job, started)
    return started
  }

  const timers = (sweepIntervalMs === 0 ? [] : jobs).map((job) =>
    setInterval(
      () => {
        run(job).catch((error: unknown) => report(new Error(`The job "${job.name}" failed`, { cause: error })))
      },
      job.every === 'sweep' ? sweepIntervalMs : job.every,
    ).unref(),
  )

  return {
    async sweep() {
      const sweeps = jobs.filter(({ every }) => every === 'sweep')
      const results = await Promise.allSettled(sweeps.map(run))
      const failed = results.find((result) => result.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      return new Map(sweeps.map(({ name }, index) => [name, countOf(results[index])]))
    },
    stop() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}

function countOf(result: PromiseSettledResult<number> | undefined): number {
  return result?.status === 'fulfilled' ? result.value : 0
}
