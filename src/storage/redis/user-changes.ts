/*
 * The two changes of a user that start or rotate a session in Redis themselves. Redis stores the session under its new
 * token before the database transaction. No client has that token yet, so the session does no harm if the transaction
 * fails. All other effects of a transaction on sessions are orders, which are carried out after its commit.
 */
import type { UserStore } from '../../accounts/store.ts'
import type { PasswordStore } from '../../passwords/store.ts'
import { endAmong } from './end-among.ts'
import { prepareRotation } from './rotate.ts'
import { toStored } from './session-record.ts'
import type { RedisSessionDeps } from './sessions.ts'

/** Stores a user and the first session; the user never exists without it. */
export async function createUser(
  { stores, keys }: RedisSessionDeps,
  ...[newUser, effectsOf]: Parameters<UserStore['create']>
): ReturnType<UserStore['create']> {
  const { user, firstSession, replaces } = newUser
  const copy = { user, revision: 0, securityEpoch: 0 }
  if (firstSession !== null) await keys.put(toStored(firstSession.session, firstSession.tokenHash, copy))
  const outcome = await stores.users.create(newUser, effectsOf)
  const ending = outcome === 'created' ? replaces : (firstSession?.session ?? null)
  if (ending !== null) await endAmong(keys, ending.userId, ({ id }) => id === ending.id)
  return outcome
}

/** Changes a password. The order of the transaction revokes all sessions except the one with the new token. */
export async function changePassword(
  { stores, keys, onChanges }: RedisSessionDeps,
  ...[change, effectsOf]: Parameters<PasswordStore['change']>
): Promise<boolean> {
  const { id, userId, newTokenHash } = change.keep
  const isPrepared = await prepareRotation(keys, change.keep, change.securityEpoch + 1)
  const isChanged = isPrepared && (await stores.passwords.change(change, effectsOf))
  if (!isChanged) await keys.end({ id, userId, tokenHash: newTokenHash })
  if (!isPrepared) onChanges([{ kind: 'user', id: userId }])
  return isChanged
}
