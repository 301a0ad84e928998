import { parseUserId, type UserId } from './ids.ts'
import { Refusal } from './refusal.ts'

/** The text as a user id. Throws not_found for what cannot be one. */
export function requireUserId(text: string): UserId {
  const id = parseUserId(text)
  if (id === null) throw new Refusal('not_found', { detail: 'This is no id of a user.' })
  return id
}
