import type { Transaction } from 'kysely'
import type {
  AccountClaim,
  EmailChangeOutcome,
  EmailChangeUndo,
  EmailProof,
  EmailVerification,
  UserStore,
} from '../../accounts/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import { removeFactorsSince, removeProofs, removeUnprovenFactors } from './account-proofs.ts'
import { isUniqueViolation } from './errors.ts'
import { lockUser } from './lock-users.ts'
import {
  AddressReserved,
  endEmailChangesOf,
  endTokensOf,
  insertOneTimeToken,
  refuseReservedEmail,
  useUpToken,
} from './one-time-tokens.ts'
import { endAllSessions, putPassword } from './replace-password.ts'
import type { Database } from './schema.ts'
import type { SessionEffects } from './session-effects.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Creates the part of the user store that handles proofs of email addresses. */
export function createEmailProofs({
  transact,
}: TransactingDatabase): Pick<
  UserStore,
  'verifyEmail' | 'claim' | 'changeEmail' | 'undoEmailChange' | 'stopEmailChange'
> {
  return {
    verifyEmail: (verification, effectsOf) =>
      isDone(transact(effectsOf, (trx, sessions) => verifyEmail(trx, sessions, verification))),

    claim: (claim, effectsOf) => isDone(transact(effectsOf, (trx, sessions) => claimAccount(trx, sessions, claim))),

    changeEmail: (proof, effectsOf) =>
      toOutcome(transact(effectsOf, (trx, sessions) => changeEmail(trx, sessions, proof))),

    undoEmailChange: (undo, effectsOf) =>
      toOutcome(transact(effectsOf, (trx, sessions) => undoEmailChange(trx, sessions, undo))),

    stopEmailChange: (proof, effectsOf) =>
      toOutcome(transact(effectsOf, (trx, sessions) => stopEmailChange(trx, sessions, proof))),
  }
}

async function toOutcome(change: Promise<true | null>): Promise<EmailChangeOutcome> {
  try {
    return (await change) === null ? 'token_used' : 'changed'
  } catch (error) {
    if (isUniqueViolation(error) || error instanceof AddressReserved) return 'taken'
    throw error
  }
}

async function verifyEmail(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { token, userId, email, newPassword }: EmailVerification,
): Promise<true | null> {
  sessions.evict({ kind: 'user', id: userId })
  if (!(await useUpToken(trx, token))) return null
  const { numUpdatedRows } = await trx
    .updateTable('users')
    .set({ email_verified: true })
    .where('id', '=', userId)
    .where('email', '=', email)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return null
  await endTokensOf(trx, userId, ['email_verify'])
  if (newPassword === null) {
    await sessions.userChanged(userId)
    return true
  }
  await removeUnprovenFactors(trx, userId)
  await putPassword(trx, userId, newPassword)
  await endTokensOf(trx, userId, ['password_reset', 'email_change', 'email_stop', 'email_undo'])
  return (await endAllSessions(trx, sessions, userId)) || null
}

async function claimAccount(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { userId, email, securityEpoch }: AccountClaim,
): Promise<true | null> {
  sessions.evict({ kind: 'user', id: userId })
  const { numUpdatedRows } = await trx
    .updateTable('users')
    .set((eb) => ({ email_verified: true, security_epoch: eb('security_epoch', '+', 1) }))
    .where('id', '=', userId)
    .where('email', '=', email)
    .where('email_verified', '=', false)
    .where('security_epoch', '=', securityEpoch)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return null
  await removeProofs(trx, userId)
  await sessions.endAll({ userId, except: null, throughEpoch: securityEpoch })
  return true
}

async function changeEmail(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { token, userId, email }: EmailProof,
): Promise<true | null> {
  sessions.evict({ kind: 'user', id: userId })
  await lockUser(trx, userId)
  if (!(await useUpToken(trx, token))) return null
  await refuseReservedEmail(trx, { id: userId, email }, token.createdAt)
  await setVerifiedEmail(trx, userId, email)
  await endTokensOf(trx, userId, ['email_verify', 'email_change', 'email_stop', 'password_reset'])
  await sessions.userChanged(userId)
  return true
}

async function undoEmailChange(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { token, userId, email, resetToken, since }: EmailChangeUndo,
): Promise<true | null> {
  sessions.evict({ kind: 'user', id: userId })
  if (!(await useUpToken(trx, token))) return null
  await setVerifiedEmail(trx, userId, email)
  // An undo link sent to an earlier address stays: an intruder who changes the address twice cannot remove it.
  await trx
    .deleteFrom('one_time_tokens')
    .where('user_id', '=', userId)
    .where((eb) => eb.or([eb('purpose', '!=', 'email_undo'), eb('created_at', '>=', at(token.createdAt))]))
    .execute()
  await trx.updateTable('passwords').set({ disabled_for: 'everyone' }).where('user_id', '=', userId).execute()
  await removeFactorsSince(trx, userId, since)
  await insertOneTimeToken(trx, resetToken)
  return (await endAllSessions(trx, sessions, userId)) || null
}

async function stopEmailChange(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { token, userId }: EmailProof,
): Promise<true | null> {
  sessions.evict({ kind: 'user', id: userId })
  await lockUser(trx, userId)
  if (!(await useUpToken(trx, token))) return null
  await endEmailChangesOf(trx, userId)
  return (await endAllSessions(trx, sessions, userId)) || null
}

async function setVerifiedEmail(trx: Transaction<Database>, userId: UserId, email: string): Promise<void> {
  await trx.updateTable('users').set({ email, email_verified: true }).where('id', '=', userId).execute()
}
