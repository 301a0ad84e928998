import type { PasskeyStore } from '../../factors/passkeys/store.ts'
import type { SqlDatabase } from './schema.ts'
import { at } from './time.ts'

/** Creates the part of the passkey store that keeps the challenges of sessions. */
export function createPasskeyChallenges({
  db,
}: Pick<SqlDatabase, 'db'>): Pick<PasskeyStore, 'putChallenge' | 'takeChallenge' | 'sweepChallenges'> {
  return {
    async putChallenge({ sessionId, userId, purpose, challengeHash }, expiresAt) {
      const values = { challenge_hash: challengeHash, user_id: userId, expires_at: at(expiresAt) }
      await db
        .insertInto('passkey_challenges')
        .values({ session_id: sessionId, purpose, ...values })
        .onConflict((conflict) => conflict.columns(['session_id', 'purpose']).doUpdateSet(values))
        .execute()
    },

    async takeChallenge({ sessionId, userId, purpose, challengeHash }, now) {
      const { numDeletedRows } = await db
        .deleteFrom('passkey_challenges')
        .where('session_id', '=', sessionId)
        .where('purpose', '=', purpose)
        .where('user_id', '=', userId)
        .where('challenge_hash', '=', challengeHash)
        .where('expires_at', '>', at(now))
        .executeTakeFirst()
      return numDeletedRows > 0n
    },

    async sweepChallenges(now, limit) {
      const due = await db
        .selectFrom('passkey_challenges')
        .select(['session_id', 'purpose'])
        .where('expires_at', '<=', at(now))
        .orderBy('expires_at')
        .limit(limit)
        .execute()
      if (due.length === 0) return 0
      const ids = due.map((row) => row.session_id)
      const { numDeletedRows } = await db
        .deleteFrom('passkey_challenges')
        .where('session_id', 'in', ids)
        .where('expires_at', '<=', at(now))
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}
