import type { UserId } from './ids.ts'
import type { Method } from './principal.ts'

/** Returns the methods of login steps that a user set up. */
export type FindEnrolled = (user: UserId) => Promise<readonly Method[]>
