import { parseSessionId, parseUserId } from '../kernel/ids.ts'
import type { Change } from '../sessions/store.ts'

/** Returns the change as the text that is sent over a channel. */
export function formatChange(change: Change): string {
  return change.kind === 'session' ? `session ${change.id} ${change.userId}` : `user ${change.id}`
}

/** Returns the change in a text, or null if the text is malformed. */
export function parseChange(text: string): Change | null {
  const [kind, first = '', second = ''] = text.split(' ')
  if (kind === 'user') {
    const id = parseUserId(first)
    return id === null ? null : { kind, id }
  }
  const [id, userId] = [parseSessionId(first), parseUserId(second)]
  return kind === 'session' && id !== null && userId !== null ? { kind, id, userId } : null
}
