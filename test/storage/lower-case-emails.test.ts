/* Accounts from releases that kept capitals outside ASCII in email addresses are found after the upgrade. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { createLatchkey, type Storage } from '../../src/index.ts'
import { newUserId, type UserId } from '../../src/kernel/ids.ts'
import { postgres } from '../../src/postgres.ts'
import { sqlite } from '../../src/sqlite.ts'
import { migrate } from '../../src/storage/sql/migrate.ts'
import type { SqlKind } from '../../src/storage/sql/migration.ts'
import { MIGRATIONS } from '../../src/storage/sql/migrations/index.ts'
import { createPool } from '../../src/storage/sql/postgres-connections.ts'
import { createPostgresKysely } from '../../src/storage/sql/postgres-database.ts'
import { createPostgresHosts } from '../../src/storage/sql/postgres-hosts.ts'
import type { Database } from '../../src/storage/sql/schema.ts'
import { createKysely, openSqliteFile } from '../../src/storage/sql/sqlite-database.ts'
import { at } from '../../src/storage/sql/time.ts'
import { createDatabase, dropDatabase } from '../support/postgres-server.ts'

interface OldDatabase {
  readonly db: Kysely<Database>
  readonly storage: Storage
}

const KINDS: Record<SqlKind, () => Promise<OldDatabase>> = {
  async sqlite() {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-emails-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const path = join(directory, 'app.db')
    return { db: createKysely(openSqliteFile(path)), storage: sqlite(path) }
  },
  async postgres() {
    const url = await createDatabase(inject('databaseServer'))
    onTestFinished(() => dropDatabase(url))
    const hosts = createPostgresHosts(url)
    const pool = await createPool({ hosts, size: 1, deadlineMs: 5_000 })
    return { db: createPostgresKysely(pool, { hosts, deadlineMs: 5_000 }), storage: postgres(url) }
  },
}

const before = MIGRATIONS.slice(
  0,
  MIGRATIONS.findIndex(({ name }) => name === 'lower-case-emails'),
)

/** Users by their addresses, as an old release stored them; returns their ids. */
async function insertUsers(db: Kysely<Database>, emails: Record<string, 'verified' | 'unverified'>): Promise<UserId[]> {
  const ids: UserId[] = []
  for (const [index, [email, state]] of Object.entries(emails).entries()) {
    const id = newUserId(() => 1_700_000_000_000 + index)
    const created_at = at(1_700_000_000_000 + index)
    const email_verified = state === 'verified'
    await db
      .insertInto('users')
      .values({ id, email, email_verified, created_at, name: null, disabled_at: null, security_epoch: 0 })
      .execute()
    ids.push(id)
  }
  return ids
}

describe.each(Object.entries(KINDS))('after the upgrade on %s', (kind, prepare) => {
  test('each spelling of an address finds its account; of two accounts one is found and the operator is told', async () => {
    const { db, storage } = await prepare()
    await migrate({ db, kind: kind as SqlKind, known: before })
    const [zoe, bob, oldest, newest, owner, squatter] = await insertUsers(db, {
      'Zoë.ÅS@example.com': 'unverified',
      'bob@example.com': 'verified',
      'ÉMILE@example.com': 'unverified',
      'Émile@example.com': 'unverified',
      'Почта@example.com': 'verified',
      'почта@example.com': 'unverified',
    })
    await db
      .insertInto('one_time_tokens')
      .values({
        token_hash: 'a'.repeat(64),
        purpose: 'email_undo',
        user_id: bob as UserId,
        email: 'BÖB@example.com',
        created_at: at(Date.now()),
        expires_at: at(Date.now() + 3_600_000),
      })
      .execute()
    await db.destroy()

    const errors: unknown[] = []
    const auth = await createLatchkey({
      baseUrl: 'http://localhost:3000',
      storage,
      sweepIntervalMs: 0,
      onError: (error) => errors.push(error),
    })
    const idOf = async (email: string): Promise<string | undefined> => (await auth.users.find(email))?.id
    expect(await Promise.all(['zoë.ås@example.com', 'ZOË.Ås@example.com'].map(idOf))).toEqual([zoe, zoe])
    expect(await idOf('bob@example.com')).toBe(bob)
    expect(await idOf('émile@example.com')).toBe(oldest) // no user verified the address
    expect(await idOf('ПОЧТА@example.com')).toBe(owner) // who verified the address
    const told = errors.map(String)
    expect(told).toHaveLength(2)
    for (const [winner, other] of [
      [oldest, newest],
      [owner, squatter],
    ]) {
      expect(
        told.find((text) => text.includes(`The users ${winner} and ${other} have one email address`)),
      ).toBeDefined()
      expect(await auth.users.find(other as UserId)).not.toBeNull()
    }
    const reserved = { email: 'böb@example.com', password: 'correct horse battery' }
    await expect(auth.users.create(reserved)).rejects.toMatchObject({ code: 'email_taken' })
    await auth.close()
  })
})
