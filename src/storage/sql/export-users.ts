import type { Kysely, Selectable } from 'kysely'
import type { MovedUser, UserPage } from '../../accounts/store.ts'
import type { PasswordHash } from '../../crypto/password-hasher.ts'
import type { MovedPasskey } from '../../kernel/passkey.ts'
import { toPasskey } from './passkeys.ts'
import { toMovedIdentity, toUserRecord } from './rows.ts'
import type { Database, PasskeysTable } from './schema.ts'

/** Returns a page of users with everything that another database needs to log them in. */
export async function listMovedUsers(db: Kysely<Database>, { after, limit }: UserPage): Promise<MovedUser[]> {
  const users = await db
    .selectFrom('users')
    .selectAll()
    .$if(after !== null, (query) => query.where('id', '>', after))
    .orderBy('id')
    .limit(limit)
    .execute()
  const ids = users.map(({ id }) => id)
  if (ids.length === 0) return []
  const passwords = await db.selectFrom('passwords').selectAll().where('user_id', 'in', ids).execute()
  const secrets = await db
    .selectFrom('totp')
    .selectAll()
    .where('user_id', 'in', ids)
    .where('confirmed_at', 'is not', null)
    .execute()
  const codes = await db.selectFrom('recovery_codes').selectAll().where('user_id', 'in', ids).execute()
  const passkeys = await db.selectFrom('passkeys').selectAll().where('user_id', 'in', ids).orderBy('id').execute()
  const passkeysOf = Map.groupBy(passkeys, (row) => row.user_id)
  const identities = await db.selectFrom('identities').selectAll().where('user_id', 'in', ids).orderBy('id').execute()
  const identitiesOf = Map.groupBy(identities, (row) => row.user_id)
  const passwordOf = new Map(passwords.map((row) => [row.user_id, row]))
  const secretOf = new Map(secrets.map((row) => [row.user_id, row]))
  const codesOf = Map.groupBy(codes, (row) => row.user_id)
  return users.map((row) => {
    const password = passwordOf.get(row.id)
    const secret = secretOf.get(row.id)
    const [firstCode, ...otherCodes] = codesOf.get(row.id) ?? []
    return {
      user: toUserRecord(row),
      passwordHash: password === undefined ? null : (password.hash as PasswordHash), // it was checked before it was stored
      passwordChangedAt: password?.changed_at ?? null,
      passwordDisabledFor: password?.disabled_for ?? null,
      passkeys: (passkeysOf.get(row.id) ?? []).map(toMovedPasskey),
      identities: (identitiesOf.get(row.id) ?? []).map(toMovedIdentity),
      totp:
        secret === undefined
          ? null
          : {
              sealedSecret: secret.sealed_secret,
              createdAt: secret.created_at,
              confirmedAt: secret.confirmed_at ?? secret.created_at,
              lastStep: secret.last_step,
              lastUsedAt: secret.last_used_at,
            },
      recoveryCodes:
        firstCode === undefined
          ? null
          : {
              createdAt: firstCode.created_at,
              hashes: [firstCode, ...otherCodes].map((code) => code.code_hash).sort(), // databases sort differently
            },
    }
  })
}

function toMovedPasskey(row: Selectable<PasskeysTable>): MovedPasskey {
  const { userId: _, ...passkey } = toPasskey(row)
  return passkey
}
