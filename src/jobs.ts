import type { Job } from './kernel/feature.ts'

/** The jobs of all features. */
export interface Jobs {
  /** Runs every sweep now. Returns the counts by the names of the jobs. If a job fails, it throws the error after all ran. */
  sweep(): Promise<ReadonlyMap<string, number>>
  /** Stops the timers. A run in progress continues. */
  stop(): void
}

/** Options of `startJobs`. */
export interface JobsOptions {
  /** Milliseconds between two sweeps; 0: jobs run only when `sweep` is called. */
  readonly sweepIntervalMs: number
  readonly report: (error: unknown) => void
}

/** Starts the jobs, each with its own timer. */
export function startJobs(jobs: readonly Job[], { sweepIntervalMs, report }: JobsOptions): Jobs {
  const running = new Map<Job, Promise<number>>()

  /** Runs a job. If the job is already running, both callers wait for the same run. */
  function run(job: Job): Promise<number> {
    const current = running.get(job)
    if (current !== undefined) return current
    const started = callRun(job).finally(() => running.delete(job))
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

/** A job that throws before it returns a promise fails like one whose promise is rejected. */
async function callRun(job: Job): Promise<number> {
  return job.run()
}

function countOf(result: PromiseSettledResult<number> | undefined): number {
  return result?.status === 'fulfilled' ? result.value : 0
}
