import type { SessionRotation } from '../../sessions/store.ts'
import type { SessionKeys } from './session-keys.ts'
import type { StoredSession } from './session-record.ts'

/**
 * Stores the session under its new token as well, before a transaction whose order revokes the old token. Returns false
 * if the session is gone or has another token by now; then the caller revokes the new token.
 *
 * The second look at the old token detects a session that was revoked before the new token was stored. If the session
 * is revoked after that look, `endAmong` lists the sessions again and finds the new token.
 */
export async function prepareRotation(
  keys: SessionKeys,
  rotation: SessionRotation,
  securityEpoch: number,
): Promise<boolean> {
  if ((await putRotated(keys, rotation, securityEpoch)) === null) return false
  return (await keys.find(rotation.oldTokenHash)) !== null
}

/** Swaps the token of a session. Returns null if the session is gone or has another token by now. */
export async function rotateSession(
  keys: SessionKeys,
  rotation: SessionRotation,
  securityEpoch: number,
): Promise<StoredSession | null> {
  const after = await putRotated(keys, rotation, securityEpoch)
  if (after === null) return null
  const { id, userId, oldTokenHash, newTokenHash } = rotation
  // Of several concurrent rotations, the one that revokes the old token wins.
  if (await keys.end({ id, userId, tokenHash: oldTokenHash })) return after
  await keys.end({ id, userId, tokenHash: newTokenHash })
  return null
}

/** Stores the session under its new token and with the given epoch, next to the old one. */
async function putRotated(
  keys: SessionKeys,
  { id, oldTokenHash, newTokenHash, authenticatedAt, methods }: SessionRotation,
  securityEpoch: number,
): Promise<StoredSession | null> {
  const before = await keys.find(oldTokenHash)
  if (before === null || before.session.id !== id) return null
  const session = { ...before.session, methods, authenticatedAt, cookieSentAt: authenticatedAt }
  const after = { ...before, session, tokenHash: newTokenHash, epoch: securityEpoch }
  await keys.put(after)
  return after
}
