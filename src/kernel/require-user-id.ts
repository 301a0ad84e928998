import { parseUserId, type UserId } from './ids.ts'
import { Refusal } from './refusal.ts'

/** Parses a user id. Throws `not_found` if the id is malformed. */
export function requireUserId(text: string): UserId {
  const id = parseUserId(text)
  if (id === null) throw new Refusal('not_found', { detail: 'The user id is malformed.' })
  return id
}
