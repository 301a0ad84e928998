import { parseSessionId, parseUserId } from '../kernel/ids.ts'
import type { Change } from '../sessions/store.ts'

/** A change as the text that goes over a channel. */
export function formatChange(change: Change): string {
  return change.kind === 'session' ? `session ${change.id} ${change.userId}` : `user ${change.id}`
}

/** The change in a text, or null when it is none. */
export function parseChange(text: string): Change | null {
  const [kind, first = '', second = ''] = text.split(' ')
  if (kind === 'user') {
    const id = parseUserId(first)
    return id === null ? null : { kind, id }
  }
  const [id, userId] = [parseSessionId(first), parseUserId(second)]
  return kind === 'session' && id !== null && userId !== null ? { kind, id, userId } : null
}
