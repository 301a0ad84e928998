import { onlyEvents } from '../../src/kernel/effects.ts'

/** Effects for calls of stores in tests that do not check effects. */
export const untold = onlyEvents()
