import type { ExpressionBuilder, InsertObject, Transaction } from 'kysely'
import type { EffectsOf } from '../../kernel/effects.ts'
import type { Identity, IdentityKey, NewIdentity, ProvenIdentity } from '../../kernel/identity.ts'
import type { UserId } from '../../kernel/ids.ts'
import type {
  AccountClaim,
  IdentityOwner,
  IdentityStore,
  SpentIdentity,
  SpentProof,
  Unlinking,
} from '../../providers/store.ts'
import { canLogIn, removeProofs } from './account-proofs.ts'
import { isUniqueViolation } from './errors.ts'
import { endAttemptsOf } from './login-attempts.ts'
import { toIdentity, toUserRecord } from './rows.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { isEpochCurrent } from './security-epoch.ts'
import type { SessionEffects } from './session-effects.ts'
import { at } from './time.ts'
import type { Transact, TransactingDatabase } from './transact.ts'
import { unlinkAll } from './unlink-all.ts'

/** Creates the store of identities in SQL. */
export function createIdentityStore({ db, reader, transact, writeLightly }: TransactingDatabase): IdentityStore {
  return {
    spend: (proof, identity) => spendProof(db, proof, identity),

    async find({ issuer, subject }) {
      const row = await reader
        .selectFrom('identities')
        .innerJoin('users', 'users.id', 'identities.user_id')
        .selectAll('users')
        .select('identities.id as identity_id')
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .executeTakeFirst()
      return row === undefined ? null : toOwner(row)
    },

    async list(userId) {
      const rows = await reader
        .selectFrom('identities')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('id')
        .execute()
      return rows.map(toIdentity)
    },

    async link(identity, { userId, securityEpoch }, effectsOf) {
      try {
        const done = await transact(effectsOf, async (trx) => {
          if (!(await isEpochCurrent(trx, userId, securityEpoch))) return null
          await insertIdentity(trx, userId, identity)
          return true
        })
        return done === null ? 'ended' : 'linked'
      } catch (error) {
        if (isUniqueViolation(error)) return 'taken'
        throw error
      }
    },

    claim: (claim, effectsOf) => transact(effectsOf, (trx, sessions) => claimAccount(trx, sessions, claim)),

    unlink: (unlinking, effectsOf) => unlinkIdentity(transact, unlinking, effectsOf),

    unlinkAll: (unlinking, effectsOf) => unlinkAll(transact, unlinking, effectsOf),

    async writeUses(uses) {
      for (const { id, lastUsedAt } of uses) {
        await writeLightly((light) =>
          light
            .updateTable('identities')
            .set({ last_used_at: at(lastUsedAt) })
            .where('id', '=', id)
            .execute(),
        )
      }
    },

    async sweep(now, limit) {
      const due = db
        .selectFrom('spent_proofs')
        .select('hash')
        .where('expires_at', '<=', at(now))
        .orderBy('expires_at')
        .limit(limit)
      const { numDeletedRows } = await db.deleteFrom('spent_proofs').where('hash', 'in', due).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

async function spendProof(
  db: SqlDatabase['db'],
  { hash, expiresAt }: SpentProof,
  identity: ProvenIdentity,
): Promise<SpentIdentity | null> {
  const { address } = identity
  const row = await db
    .insertInto('spent_proofs')
    .values({ hash, expires_at: at(expiresAt) })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .returning((eb) => ownerColumns(eb, identity))
    .returning((eb) => eb.exists(eb.selectFrom('users').select('id').where('email', '=', address)).as('is_taken'))
    .executeTakeFirst()
  if (row === undefined) return null
  return { owner: toOwner(row), isAddressFree: address !== null && !row.is_taken }
}

/** Returns the columns of the user of an identity, each as a subquery: INSERT can return them, but cannot join. */
function ownerColumns(eb: ExpressionBuilder<Database, 'spent_proofs'>, { issuer, subject }: IdentityKey) {
  const owners = () =>
    eb
      .selectFrom('identities')
      .innerJoin('users', 'users.id', 'identities.user_id')
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
  return [
    owners().select('identities.id').as('identity_id'),
    owners().select('users.id').as('id'),
    owners().select('users.email').as('email'),
    owners().select('users.email_verified').as('email_verified'),
    owners().select('users.name').as('name'),
    owners().select('users.created_at').as('created_at'),
    owners().select('users.disabled_at').as('disabled_at'),
    owners().select('users.security_epoch').as('security_epoch'),
  ] as const
}

/** The columns of `ownerColumns`. All of them are null if the identity is unknown. */
interface OwnerRow {
  readonly identity_id: string | null
  readonly id: string | null
  readonly email: string | null
  readonly email_verified: boolean | number | null
  readonly name: string | null
  readonly created_at: number | null
  readonly disabled_at: number | null
  readonly security_epoch: number | null
}

function toOwner({
  identity_id,
  id,
  email,
  email_verified,
  created_at,
  security_epoch,
  ...row
}: OwnerRow): IdentityOwner | null {
  if (identity_id === null || id === null || email === null || created_at === null || security_epoch === null)
    return null
  const user = { ...row, id, email, email_verified: email_verified ?? false, created_at, security_epoch, revision: 0 }
  return { identityId: identity_id, user: toUserRecord(user), securityEpoch: security_epoch }
}

/** Stores an identity, in the transaction that links it. */
export async function insertIdentity(
  trx: Transaction<Database>,
  userId: UserId,
  { id, provider, issuer, subject, email, emailVerified, createdAt }: NewIdentity,
): Promise<void> {
  const row: InsertObject<Database, 'identities'> = {
    id,
    user_id: userId,
    provider,
    issuer,
    subject,
    email,
    email_verified: emailVerified,
    created_at: at(createdAt),
    last_used_at: at(createdAt),
  }
  await trx.insertInto('identities').values(row).execute()
}

async function claimAccount(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { owner: { userId, securityEpoch }, email, identity }: AccountClaim,
): Promise<number | null> {
  sessions.evict({ kind: 'user', id: userId })
  const row = await trx
    .updateTable('users')
    .set((eb) => ({ email_verified: true, security_epoch: eb('security_epoch', '+', 1) }))
    .where('id', '=', userId)
    .where('email', '=', email)
    .where('email_verified', '=', false)
    .where('disabled_at', 'is', null)
    .where('security_epoch', '=', securityEpoch)
    .returning('security_epoch')
    .executeTakeFirst()
  if (row === undefined) return null
  await removeProofs(trx, userId)
  await sessions.endAll({ userId, except: null, throughEpoch: row.security_epoch - 1 })
  await insertIdentity(trx, userId, identity)
  return row.security_epoch
}

async function unlinkIdentity(
  transact: Transact,
  unlinking: Unlinking,
  effectsOf: EffectsOf<Identity>,
): ReturnType<IdentityStore['unlink']> {
  let refused: 'not_found' | 'last' | 'ended' = 'ended'
  const done = await transact(effectsOf, async (trx) => {
    const outcome = await unlinkOne(trx, unlinking)
    if (typeof outcome === 'object') return outcome
    refused = outcome
    return null
  })
  return done === null ? refused : 'unlinked'
}

async function unlinkOne(
  trx: Transaction<Database>,
  { id, owner: { userId, securityEpoch }, proofs }: Unlinking,
): Promise<Identity | 'not_found' | 'last' | 'ended'> {
  if (!(await isEpochCurrent(trx, userId, securityEpoch))) return 'ended'
  const row = await trx
    .deleteFrom('identities')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return 'not_found'
  await endAttemptsOf(trx, userId)
  return (await canLogIn(trx, userId, proofs)) ? toIdentity(row) : 'last'
}
