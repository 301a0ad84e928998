import { parseSessionId, parseUserId } from '../kernel/ids.ts'
import type { Change } from '../sessions/store.ts'

/** Returns the change as the text that is sent over a channel. */
export function formatChange(change: Change): string {
  return change.kind === 'session' ? `session ${change.id} ${change.userId}` : `user ${change.id}`
}

/**
 * Returns the change in a text. Returns 'unknown' for any other text: a newer release may push changes that this one cannot read,
 * and then the whole cache is out of date.
 */
export function parseChange(text: string): Change | 'unknown' {
  const [kind, first = '', second = ''] = text.split(' ')
  if (kind === 'user') {
    const id = parseUserId(first)
    return id === null ? 'unknown' : { kind, id }
  }
  const [id, userId] = [parseSessionId(first), parseUserId(second)]
  return kind === 'session' && id !== null && userId !== null ? { kind, id, userId } : 'unknown'
}
