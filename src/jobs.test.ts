import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startJobs } from './jobs.ts'
import type { Job } from './kernel/feature.ts'

const SWEEP_MS = 1_000

interface CountedJob extends Job {
  runs: number
}

/** A job that counts its runs. */
function createJob(name: string, every: Job['every'], work: () => Promise<number> = async () => 0): CountedJob {
  return {
    name,
    every,
    runs: 0,
    run() {
      this.runs++
      return work()
    },
  }
}

const broken = async (): Promise<number> => {
  throw new Error('the table is locked')
}
const brokenAtOnce = (): Promise<number> => {
  throw new Error('the table is locked')
}

describe('jobs on their timers', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test.each([
    ['rejects', broken],
    ['throws at once', brokenAtOnce],
  ])('a job that %s stops no other job, runs again, and is reported with its name', async (_, work) => {
    const [failing, healthy] = [createJob('count sheep', 300, work), createJob('seal', 300)]
    const errors: unknown[] = []
    const jobs = startJobs([failing, healthy], { sweepIntervalMs: SWEEP_MS, report: (error) => errors.push(error) })
    await vi.advanceTimersByTimeAsync(600)
    jobs.stop()
    expect([failing.runs, healthy.runs]).toEqual([2, 2])
    const report = expect.objectContaining({
      message: 'The job "count sheep" failed',
      cause: new Error('the table is locked'),
    })
    expect(errors).toEqual([report, report])
  })

  test('a job never overlaps itself: the timer does not start a slow job again', async () => {
    const slow = Promise.withResolvers<number>()
    const job = createJob('slow', 100, () => slow.promise)
    const other = createJob('fast', 100)
    const jobs = startJobs([job, other], { sweepIntervalMs: SWEEP_MS, report: unexpected })
    await vi.advanceTimersByTimeAsync(500)
    expect([job.runs, other.runs]).toEqual([1, 5])
    slow.resolve(1)
    await vi.advanceTimersByTimeAsync(100)
    expect(job.runs).toBe(2)
    jobs.stop()
  })

  test('a sweep that was called while the timer runs it waits for the same run', async () => {
    const slow = Promise.withResolvers<number>()
    const job = createJob('sweep sessions', 'sweep', () => slow.promise)
    const jobs = startJobs([job], { sweepIntervalMs: SWEEP_MS, report: unexpected })
    await vi.advanceTimersByTimeAsync(SWEEP_MS)
    const counts = jobs.sweep()
    slow.resolve(7)
    expect(await counts).toEqual(new Map([['sweep sessions', 7]]))
    expect(job.runs).toBe(1)
    jobs.stop()
  })

  test('sweeps run at the interval of the setting, other jobs at their own', async () => {
    const [sweep, seal] = [createJob('sweep', 'sweep'), createJob('seal', 250)]
    const jobs = startJobs([sweep, seal], { sweepIntervalMs: SWEEP_MS, report: unexpected })
    await vi.advanceTimersByTimeAsync(SWEEP_MS)
    expect([sweep.runs, seal.runs]).toEqual([1, 4])
    jobs.stop()
  })

  test('with sweepIntervalMs 0 no job runs by itself, and a sweep can be called', async () => {
    const [sweep, seal] = [createJob('sweep', 'sweep', async () => 3), createJob('seal', 250)]
    const jobs = startJobs([sweep, seal], { sweepIntervalMs: 0, report: unexpected })
    expect(vi.getTimerCount()).toBe(0)
    expect(await jobs.sweep()).toEqual(new Map([['sweep', 3]]))
    expect([sweep.runs, seal.runs]).toEqual([1, 0])
    jobs.stop()
  })

  test('after stop no job starts', async () => {
    const jobsToRun = [createJob('sweep', 'sweep'), createJob('seal', 250)]
    const jobs = startJobs(jobsToRun, { sweepIntervalMs: SWEEP_MS, report: unexpected })
    jobs.stop()
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(10 * SWEEP_MS)
    expect(jobsToRun.map(({ runs }) => runs)).toEqual([0, 0])
  })
})

test.each([
  ['rejects', broken],
  ['throws at once', brokenAtOnce],
])('a sweep whose first part %s runs every part to its end, and then throws', async (_, work) => {
  const late = Promise.withResolvers<number>()
  const sweeps = [createJob('first', 'sweep', work), createJob('second', 'sweep', () => late.promise)]
  const [other, last] = [createJob('seal', 250), createJob('last', 'sweep')]
  const jobs = startJobs([...sweeps, other, last], { sweepIntervalMs: 0, report: unexpected })
  let isOver = false
  const swept = jobs.sweep().finally(() => {
    isOver = true
  })
  await expect(Promise.race([swept.catch(() => 'over'), new Promise(setImmediate)])).resolves.not.toBe('over')
  expect([...sweeps, other, last].map(({ runs }) => runs)).toEqual([1, 1, 0, 1])
  expect(isOver).toBe(false)
  late.resolve(1)
  await expect(swept).rejects.toThrow('the table is locked')
})

function unexpected(error: unknown): never {
  throw error
}
