import { type InsertObject, type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { TokenHash } from '../../crypto/token.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import { NOBODY, type UserId } from '../../kernel/ids.ts'
import type { Method } from '../../kernel/principal.ts'
import type { LoginAttemptRecord, LoginAttemptStore } from '../../login/store.ts'
import type { SessionStart } from '../../sessions/store.ts'
import type { Database, LoginAttemptsTable } from './schema.ts'
import { isEpochCurrent } from './security-epoch.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Creates the store of login attempts in SQL. */
export function createLoginAttemptStore({ db, reader, transact }: TransactingDatabase): LoginAttemptStore {
  return {
    begin: (record, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          const { userId, securityEpoch } = record
          const isCurrent = await isEpochCurrent(trx, userId ?? NOBODY, securityEpoch)
          if (userId !== null && !isCurrent) return null
          await trx.insertInto('login_attempts').values(toRow(record)).execute()
          return true
        }),
      ),

    find: (tokenHash, now) => findAttempt(reader, tokenHash, now),

    async countTry(tokenHash, maxTries, now) {
      const { numUpdatedRows } = await db
        .updateTable('login_attempts')
        .set({ tries: sql`tries + 1` })
        .where('token_hash', '=', tokenHash)
        .where('tries', '<', maxTries)
        .where('expires_at', '>', at(now))
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async setChallenge(tokenHash, challengeHash, now) {
      const { numUpdatedRows } = await db
        .updateTable('login_attempts')
        .set({ challenge_hash: challengeHash })
        .where('token_hash', '=', tokenHash)
        .where('expires_at', '>', at(now))
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async takeChallenge(tokenHash, challengeHash, now) {
      const row = await db
        .updateTable('login_attempts')
        .set({ challenge_hash: null })
        .where('token_hash', '=', tokenHash)
        .where('challenge_hash', '=', challengeHash)
        .where('expires_at', '>', at(now))
        .returningAll()
        .executeTakeFirst()
      return row === undefined ? null : toRecord(row)
    },

    prove: (attempt, proven, now) => proveStep(db, attempt, { ...proven, now }),

    async end(tokenHash) {
      await db.deleteFrom('login_attempts').where('token_hash', '=', tokenHash).execute()
    },

    async sweep(now, limit) {
      const due = db
        .selectFrom('login_attempts')
        .select('token_hash')
        .where('expires_at', '<=', at(now))
        .orderBy('expires_at')
        .limit(limit)
      const { numDeletedRows } = await db.deleteFrom('login_attempts').where('token_hash', 'in', due).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

/**
 * Uses up the attempt that a session completes, in the transaction that records the session: of all requests that
 * complete it at the same moment, one gets true.
 */
export async function useUpAttempt(
  trx: Transaction<Database>,
  attempt: NonNullable<SessionStart['attempt']>,
  { record: { session }, securityEpoch }: Pick<SessionStart, 'record' | 'securityEpoch'>,
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('login_attempts')
    .where('token_hash', '=', attempt.tokenHash)
    .where('user_id', '=', session.userId)
    .where('security_epoch', '=', securityEpoch)
    .where('open_rounds', '=', JSON.stringify(attempt.openRounds))
    .where('expires_at', '>', at(session.createdAt))
    .executeTakeFirst()
  return numDeletedRows > 0n
}

async function findAttempt(
  db: Kysely<Database>,
  tokenHash: TokenHash,
  now: number,
): Promise<LoginAttemptRecord | null> {
  const row = await db
    .selectFrom('login_attempts')
    .leftJoin('users', 'users.id', 'login_attempts.user_id')
    .selectAll('login_attempts')
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', at(now))
    .where('users.disabled_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('login_attempts.user_id', 'is', null),
        eb('users.security_epoch', '=', eb.ref('login_attempts.security_epoch')),
      ]),
    )
    .executeTakeFirst()
  return row === undefined ? null : toRecord(row)
}

/** Changes the attempt if it has not changed since it was read and its user may still log in with it. */
async function proveStep(
  db: Kysely<Database>,
  { tokenHash, openRounds, provenMethods }: LoginAttemptRecord,
  { now, ...proven }: Pick<LoginAttemptRecord, 'openRounds' | 'provenMethods'> & { readonly now: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('login_attempts')
    .set({
      open_rounds: JSON.stringify(proven.openRounds),
      proven_methods: JSON.stringify(proven.provenMethods),
      tries: sql`CASE WHEN tries > 0 THEN tries - 1 ELSE 0 END`,
    })
    .where('token_hash', '=', tokenHash)
    .where('open_rounds', '=', JSON.stringify(openRounds))
    .where('proven_methods', '=', JSON.stringify(provenMethods))
    .where('expires_at', '>', at(now))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('users')
          .select('users.id')
          .whereRef('users.id', '=', 'login_attempts.user_id')
          .whereRef('users.security_epoch', '=', 'login_attempts.security_epoch')
          .where('users.disabled_at', 'is', null),
      ),
    )
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

function toRow(record: LoginAttemptRecord): InsertObject<Database, 'login_attempts'> {
  return {
    token_hash: record.tokenHash,
    user_id: record.userId,
    security_epoch: record.securityEpoch,
    open_rounds: JSON.stringify(record.openRounds),
    proven_methods: JSON.stringify(record.provenMethods),
    remember: record.remember,
    ip: record.client.ip,
    user_agent: record.client.userAgent,
    device_hash: record.deviceHash,
    challenge_hash: record.challengeHash,
    email: record.email,
    tries: record.tries,
    created_at: at(record.createdAt),
    expires_at: at(record.expiresAt),
  }
}

/** Returns the attempt in a row that `toRow` and `proveStep` wrote. */
function toRecord(row: Selectable<LoginAttemptsTable>): LoginAttemptRecord {
  return {
    tokenHash: row.token_hash as TokenHash,
    userId: row.user_id as UserId | null,
    securityEpoch: row.security_epoch,
    openRounds: JSON.parse(row.open_rounds) as Method[][],
    provenMethods: JSON.parse(row.proven_methods) as Method[],
    remember: Boolean(row.remember),
    client: { ip: row.ip, userAgent: row.user_agent },
    deviceHash: row.device_hash,
    challengeHash: row.challenge_hash,
    email: row.email as EmailAddress | null,
    tries: row.tries,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}

/** Ends the logins in progress of a user, in the transaction that removes what they may have begun with. */
export async function endAttemptsOf(trx: Transaction<Database>, userId: UserId): Promise<void> {
  await trx.deleteFrom('login_attempts').where('user_id', '=', userId).execute()
}
