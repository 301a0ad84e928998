import { tellOnly } from '../../src/audit/tell.ts'

/** For calls of stores in which what is told of them does not matter. */
export const untold = tellOnly()
