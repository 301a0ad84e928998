import { type Kysely, sql } from 'kysely'
import { Refusal } from '../../kernel/refusal.ts'
import type { Database } from './schema.ts'

const READ_AND_WRITE = ['SELECT', 'INSERT', 'UPDATE']

/** The privileges without which every login or registration fails. docs/scaling.md lists those of all routes and jobs. */
const NEEDED: { readonly [table in keyof Database]?: readonly string[] } = {
  users: READ_AND_WRITE,
  passwords: READ_AND_WRITE,
  sessions: READ_AND_WRITE,
  throttle: READ_AND_WRITE,
  audit_events: ['INSERT'],
  mails: ['INSERT'],
}
const PAIRS = Object.entries(NEEDED).flatMap(([table, privileges]) =>
  privileges.map((privilege) => ({ table, privilege })),
)

/**
 * Refuses a role that lost a privilege, or never had it on a new table: a write that matches no row proves only one of them.
 * @throws Refusal `unavailable` with the privileges.
 */
export async function requirePrivileges(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ missing: string }>`
    SELECT needed.privilege || ' on latchkey.' || needed.name AS missing
    FROM unnest(${PAIRS.map(({ table }) => table)}::text[], ${PAIRS.map(({ privilege }) => privilege)}::text[])
      AS needed (name, privilege)
    JOIN pg_catalog.pg_class AS tables
      ON tables.relname = needed.name AND tables.relnamespace = 'latchkey'::pg_catalog.regnamespace
    WHERE NOT pg_catalog.has_table_privilege(tables.oid, needed.privilege)`.execute(db)
  if (rows.length === 0) return
  throw new Refusal('unavailable', {
    detail: 'The database cannot do this now.',
    retryAfterSeconds: 1,
    reason: `PostgreSQL: the role lacks ${rows.map(({ missing }) => missing).join(', ')}. docs/scaling.md lists the privileges.`,
  })
}
