import { z } from 'zod'
import { accessTokenJsonSchema, toAccessTokenJson } from '../access-tokens/access-token-json.ts'
import type { AccessTokenStore } from '../access-tokens/store.ts'
import type { AuditStore } from '../audit/store.ts'
import { toIsoTime } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import { toUserJson, userJsonSchema } from '../kernel/user-json.ts'
import type { UserExportJson } from '../kernel/wire.ts'
import { sessionJsonSchema, toSessionJson } from '../sessions/session-json.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import type { UserStore } from './store.ts'
import { exportEvents, exportedEventJsonSchema } from './user-events.ts'

/** What exporting works with. */
export interface ExportDeps extends SessionDeps {
  readonly users: UserStore
  readonly audit: AuditStore
  readonly accessTokens: AccessTokenStore
}

/** All that is stored about a user, but what proves them: of a password, when it was set; of a link, what it is for. */
export const userExportSchema = z
  .object({
    exportedAt: z.iso.datetime(),
    user: userJsonSchema,
    password: z.object({ changedAt: z.iso.datetime() }).nullable(),
    sessions: z.array(sessionJsonSchema),
    accessTokens: z.array(accessTokenJsonSchema),
    pendingLinks: z.array(
      z.object({
        purpose: z.string(),
        email: z.string().nullable(),
        createdAt: z.iso.datetime(),
        expiresAt: z.iso.datetime(),
      }),
    ),
    mailsWaiting: z.int().nonnegative(),
    events: z.array(exportedEventJsonSchema),
  })
  .meta({ id: 'UserExport' }) satisfies z.ZodType<UserExportJson>

/** Gathers it (GDPR article 15). Throws not_found when the user is gone. */
export async function exportUser(deps: ExportDeps, id: UserId, stamp: Stamp): Promise<UserExportJson> {
  const stored = await deps.users.describe(id)
  if (stored === null) throw new Refusal('not_found')
  const now = deps.clock()
  const sessions = await deps.sessions.listByUser(id, now)
  const accessTokens = await deps.accessTokens.listByUser(id)
  const events = await exportEvents(deps.audit, id)
  await deps.audit.write({ events: [stamp({ type: 'user.exported', userId: id })] })
  const { user, passwordChangedAt, oneTimeTokens, mailsWaiting } = stored
  return {
    exportedAt: toIsoTime(now),
    user: toUserJson(user),
    password: passwordChangedAt === null ? null : { changedAt: toIsoTime(passwordChangedAt) },
    sessions: sessions.map((session) => toSessionJson(session, null)),
    accessTokens: accessTokens.map(toAccessTokenJson),
    pendingLinks: oneTimeTokens.map(({ purpose, email, createdAt, expiresAt }) => ({
      purpose,
      email,
      createdAt: toIsoTime(createdAt),
      expiresAt: toIsoTime(expiresAt),
    })),
    mailsWaiting,
    events,
  }
}
