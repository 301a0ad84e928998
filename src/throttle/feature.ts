import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import { sweepCounters } from './sweep-counters.ts'

/** Creates the throttle feature: it deletes expired counters. */
export function throttle(core: Core): Feature {
  return {
    name: 'throttle',
    words: [],
    routes: [],
    jobs: [{ name: 'sweep expired counters', every: 'sweep', run: () => sweepCounters(core.throttle) }],
  }
}
