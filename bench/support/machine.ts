import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import type { RunInfo, Section } from '../results.ts'

const CORES = availableParallelism() // before this process moves to one of them

/** Runs a measure, and records the time, the machine, and the disturbance by other processes. */
export async function withRunInfo<Measured>(
  options: { readonly command: string; readonly isQuick: boolean },
  measure: () => Promise<Measured>,
): Promise<Section<Measured>> {
  const startedAt = new Date().toISOString()
  const loadBefore = loadavg()[0] ?? 0
  const before = readTicks()
  const measured = await measure()
  const after = readTicks()
  const run: RunInfo = {
    startedAt,
    ...options,
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: CORES,
    loadBefore,
    stolen: (after.stolen - before.stolen) / Math.max(1, after.all - before.all),
  }
  return { measured, run }
}

/**
 * Returns the time of all cores since the machine started, and the part that the hypervisor took; see proc(5), stat.
 */
function readTicks(): { readonly all: number; readonly stolen: number } {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    const ticks = line.split(/\s+/).slice(1, 9).map(Number)
    return { all: ticks.reduce((sum, value) => sum + value, 0), stolen: ticks[7] ?? 0 }
  } catch {
    return { all: 0, stolen: 0 } // not Linux
  }
}
