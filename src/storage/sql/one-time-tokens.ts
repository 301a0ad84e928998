import type { InsertObject, Kysely, Selectable, Transaction } from 'kysely'
import type { TokenHash } from '../../crypto/token.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { User } from '../../kernel/principal.ts'
import type { InvitationPage, OneTimeToken, OneTimeTokenStore, TokenPurpose } from '../../one-time-tokens/store.ts'
import type { Database, OneTimeTokensTable } from './schema.ts'
import { isEpochCurrent } from './security-epoch.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Creates the store of one-time tokens in SQL. */
export function createOneTimeTokenStore({ db, reader, transact }: TransactingDatabase): OneTimeTokenStore {
  return {
    async issue(tokens, effectsOf) {
      await transact(effectsOf, async (trx) => {
        for (const token of tokens) await insertOneTimeToken(trx, token)
        return true
      })
    },

    issueInEpoch: ({ id, securityEpoch }, tokens, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          if (!(await isEpochCurrent(trx, id, securityEpoch))) return null
          for (const token of tokens) await insertOneTimeToken(trx, token)
          return true
        }),
      ),

    exchange: (used, tokens, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          if (!(await useUpToken(trx, used))) return null
          for (const token of tokens) await insertOneTimeToken(trx, token)
          return true
        }),
      ),

    async find(tokenHash, purposes, now) {
      const row = await reader
        .selectFrom('one_time_tokens')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .where('purpose', 'in', purposes)
        .where('expires_at', '>', at(now))
        .executeTakeFirst()
      return row === undefined ? null : toOneTimeToken(row)
    },

    listInvitations: (page, now) => listInvitations(reader, page, now),

    endEmailChanges: async (userId) =>
      (await transact(onlyEvents(), async (trx) => (await endEmailChangesOf(trx, userId)) || null)) ?? 0,

    async claim(tokenHash, now, claimedUntil) {
      const { numUpdatedRows } = await db
        .updateTable('one_time_tokens')
        .set({ claimed_until: at(claimedUntil) })
        .where('token_hash', '=', tokenHash)
        .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', at(now))]))
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async release(tokenHash, claimedUntil) {
      await db
        .updateTable('one_time_tokens')
        .set({ claimed_until: null })
        .where('token_hash', '=', tokenHash)
        .where('claimed_until', '=', at(claimedUntil))
        .execute()
    },

    cancel: (userId, purpose, effectsOf) => isDone(transact(effectsOf, (trx) => cancelTokens(trx, userId, purpose))),

    async sweep(now, limit) {
      const due = db
        .selectFrom('one_time_tokens')
        .select('token_hash')
        .where('expires_at', '<=', at(now))
        .orderBy('expires_at')
        .limit(limit)
      const { numDeletedRows } = await db
        .deleteFrom('one_time_tokens')
        .where('token_hash', 'in', due)
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

async function cancelTokens(trx: Transaction<Database>, userId: UserId, purpose: TokenPurpose): Promise<true | null> {
  const { numDeletedRows } = await trx
    .deleteFrom('one_time_tokens')
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .executeTakeFirst()
  return numDeletedRows > 0n || null
}

async function listInvitations(
  db: Kysely<Database>,
  { after, limit }: InvitationPage,
  now: number,
): Promise<OneTimeToken[]> {
  const rows = await db
    .selectFrom('one_time_tokens')
    .selectAll()
    .where('purpose', '=', 'invitation')
    .where('expires_at', '>', at(now))
    .$if(after !== null, (query) => query.where('token_hash', '>', after))
    .orderBy('token_hash')
    .limit(limit)
    .execute()
  return rows.map(toOneTimeToken)
}

/** Stores a token, in the transaction that creates it. */
export async function insertOneTimeToken(trx: Transaction<Database>, token: OneTimeToken): Promise<void> {
  const row: InsertObject<Database, 'one_time_tokens'> = {
    token_hash: token.tokenHash,
    purpose: token.purpose,
    user_id: token.userId,
    email: token.email,
    session_id: token.sessionId,
    created_at: at(token.createdAt),
    expires_at: at(token.expiresAt),
  }
  await trx.insertInto('one_time_tokens').values(row).execute()
}

/** Uses up a token: of all requests that use it at the same moment, one gets true (ASVS 6.5.1). */
export async function useUpToken(trx: Transaction<Database>, { tokenHash }: OneTimeToken): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('one_time_tokens')
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/**
 * Purposes of the tokens that are deleted when an intruder is locked out of an account: a verification can also set a
 * password, and the intruder may have requested a change of address. Tokens that undo a change stay.
 */
export const ORDERED_BY_AN_INTRUDER: readonly TokenPurpose[] = [
  'password_reset',
  'email_verify',
  'email_change',
  'email_stop',
]

/** Deletes the user's tokens with these purposes. Returns their number. */
export async function endTokensOf(
  trx: Transaction<Database>,
  userId: UserId,
  purposes: readonly TokenPurpose[],
): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('one_time_tokens')
    .where('user_id', '=', userId)
    .where('purpose', 'in', purposes)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** Deletes the pending changes of the user's email address. Returns their number. */
export async function endEmailChangesOf(trx: Transaction<Database>, userId: UserId): Promise<number> {
  const ended = await endTokensOf(trx, userId, ['email_change'])
  await endTokensOf(trx, userId, ['email_stop'])
  return ended
}

/** The email address is reserved for a user who may still undo a change of address. */
export class AddressReserved extends Error {}

/** Throws AddressReserved if another user can still undo a change away from this email address. */
export async function refuseReservedEmail(trx: Transaction<Database>, ...claim: AddressClaim): Promise<void> {
  const row = await selectReservations(trx, ...claim).executeTakeFirst()
  if (row !== undefined) throw new AddressReserved()
}

/** A user, and the time at which they are to get an email address. */
type AddressClaim = readonly [user: Pick<User, 'id' | 'email'>, now: number]

/** Returns the query of the tokens with which other users can still undo a change away from an email address. */
export function selectReservations(db: Kysely<Database>, ...[{ id, email }, now]: AddressClaim) {
  return db
    .selectFrom('one_time_tokens')
    .select('token_hash')
    .where('email', '=', email)
    .where('purpose', '=', 'email_undo')
    .where('user_id', '!=', id)
    .where('expires_at', '>', at(now))
}

/** Returns those of the given email addresses that are reserved for users who can still undo a change. */
export async function findReservedEmails(
  db: Kysely<Database>,
  emails: readonly EmailAddress[],
  now: number,
): Promise<EmailAddress[]> {
  const rows = await db
    .selectFrom('one_time_tokens')
    .select('email')
    .distinct()
    .where('email', 'in', emails)
    .where('purpose', '=', 'email_undo')
    .where('expires_at', '>', at(now))
    .execute()
  return rows.map(({ email }) => email as EmailAddress) // it was checked before it was stored
}

/** Returns the token in a row that `insertOneTimeToken` wrote. */
export function toOneTimeToken(row: Selectable<OneTimeTokensTable>): OneTimeToken {
  return {
    tokenHash: row.token_hash as TokenHash,
    purpose: row.purpose as TokenPurpose,
    userId: row.user_id as UserId | null,
    email: row.email as EmailAddress | null,
    sessionId: row.session_id as SessionId | null,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
