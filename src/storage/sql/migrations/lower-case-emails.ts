import { type SqlBool, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { parseEmailAddress } from '../../../kernel/email-address.ts'
import type { UserId } from '../../../kernel/ids.ts'
import type { Rewrite } from '../migration.ts'
import type { Database } from '../schema.ts'

interface Owner {
  readonly id: string
  readonly email: string
}

/** Only local parts can have characters outside ASCII: domains are stored as A-labels. */
const isOutsideAscii = sql<SqlBool>`octet_length(email) > length(email)`

/**
 * Writes email addresses in their normal form, which has no capitals. Of several users with one normal form, one gets
 * it: a verified user before an unverified one, then the user who has it already, then the oldest. The others get the
 * spellings that are left, which no login finds, and a note names them.
 */
export const lowerCaseEmails: Rewrite['run'] = async (trx, announce) => {
  await rewriteTokens(trx)
  const notes: string[] = []
  for (const [normal, spellings] of await findOldSpellings(trx)) {
    const owners = await findOwners(trx, [normal, ...spellings])
    const [winner, ...others] = owners
    if (winner === undefined) continue
    await respell(trx, normal, owners)
    for (const { id } of owners) {
      await orderRefresh(trx, id)
      await announce({ kind: 'user', id: id as UserId })
    }
    for (const { id } of others) notes.push(describeConflict(id, winner.id))
  }
  return notes
}

/** Returns the normal forms of the addresses of users that differ from them, each with its other spellings. */
async function findOldSpellings(trx: Transaction<Database>): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await trx.selectFrom('users').select('email').where(isOutsideAscii).orderBy('id').execute()
  const found = new Map<string, string[]>()
  for (const { email } of rows) {
    const normal = parseEmailAddress(email)
    if (normal !== null && normal !== email) found.set(normal, [...(found.get(normal) ?? []), email])
  }
  return found
}

function findOwners(trx: Transaction<Database>, emails: readonly [string, ...string[]]): Promise<Owner[]> {
  return trx
    .selectFrom('users')
    .select(['id', 'email'])
    .where('email', 'in', emails)
    .orderBy('email_verified', 'desc')
    .orderBy((eb) => eb.case().when('email', '=', emails[0]).then(0).else(1).end())
    .orderBy('id')
    .execute()
}

/** Gives the normal form to the first owner. The owner who had it gets the spelling that becomes free. */
async function respell(
  trx: Transaction<Database>,
  normal: string,
  [winner, ...others]: readonly Owner[],
): Promise<void> {
  if (winner === undefined || winner.email === normal) return
  const holder = others.find(({ email }) => email === normal)
  if (holder !== undefined) await setEmail(trx, holder.id, holder.id) // addresses are unique at every moment
  await setEmail(trx, winner.id, normal)
  if (holder !== undefined) await setEmail(trx, holder.id, winner.email)
}

async function setEmail(trx: Transaction<Database>, id: string, email: string): Promise<void> {
  await trx.updateTable('users').set({ email }).where('id', '=', id).execute()
}

/** Orders new copies of the user for sessions in Redis. Without Redis, the order stays and has no effect. */
async function orderRefresh(trx: Transaction<Database>, id: string): Promise<void> {
  await trx
    .updateTable('users')
    .set((eb) => ({ revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute()
  await trx
    .insertInto('session_orders')
    .values({ id: uuidv7(), user_id: id, kind: 'refresh', except_token_hash: null, through_epoch: 0 })
    .execute()
}

async function rewriteTokens(trx: Transaction<Database>): Promise<void> {
  const rows = await trx.selectFrom('one_time_tokens').select(['token_hash', 'email']).where(isOutsideAscii).execute()
  for (const { token_hash, email } of rows) {
    const normal = email === null ? null : parseEmailAddress(email)
    if (normal === null || normal === email) continue
    await trx.updateTable('one_time_tokens').set({ email: normal }).where('token_hash', '=', token_hash).execute()
  }
}

function describeConflict(id: string, winner: string): string {
  return (
    `The users ${winner} and ${id} have one email address in two spellings. A login now finds ${winner}. Move the data of ` +
    `${id} to that user and delete it (latchkey user delete ${id}), or give it another address.`
  )
}
