import { onlyEvents } from '../../src/kernel/effects.ts'

/** For calls of stores in which what is told of them does not matter. */
export const untold = onlyEvents()
