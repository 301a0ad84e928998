/*
 * Was a request on its way when another one used up the same code, or is it a replay? Nodes cannot know the order of their requests, so
 * the tokens for a code are held back for a moment: the code counts as used up from `answersAt` on, and its tokens are sent then, not
 * earlier. A request that arrived before that time knew of no tokens and lost a race. A later one is a replay. The clock of the machine
 * tells, also if the option `clock` stands still. Proved by test/http/oauth-attacks.test.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../kernel/clock.ts'
import type { OAuthTokenKind } from '../store.ts'

/** Requests that were sent together reach two busy nodes within this time. */
const HELD_MS = 50

const CODES = new Set<OAuthTokenKind>(['AuthorizationCode', 'DeviceCode'])

/** Returns true for codes: their first use is held back. */
export function isCode(kind: OAuthTokenKind): boolean {
  return CODES.has(kind)
}

/** Returns when a code that is used up now counts as used up, milliseconds since 1970 UTC. */
export function answerTime(): number {
  return systemClock() + HELD_MS
}

/** Resolves when an answer may be sent. */
export async function holdAnswer(answersAt: number | null): Promise<void> {
  const left = answersAt === null ? 0 : answersAt - systemClock()
  if (left > 0) await sleep(Math.min(left, HELD_MS) + 1) // a timer can be a millisecond early, and a clock can be set back
}

/** Returns true if a request was on its way when another one used up its code. */
export function isLostRace({
  arrivedAt,
  usedUpAt,
}: {
  readonly arrivedAt: number
  readonly usedUpAt: number | null
}): boolean {
  return usedUpAt !== null && arrivedAt < usedUpAt
}
