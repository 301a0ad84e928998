import { z } from 'zod'
import type { AuditRecord, AuditStore } from '../audit/store.ts'
import { toIsoTime } from '../kernel/clock.ts'
import type { SecurityEvent } from '../kernel/event.ts'
import { type EventId, parseUserId, type UserId } from '../kernel/ids.ts'
import type { ExportedEventJson, UserEventJson, UserEventType } from '../kernel/wire.ts'
import { deviceJsonSchema, toDeviceJson } from '../sessions/session-json.ts'

/** What people are shown of the events about them: what they or somebody else did to the account, failures included. */
const USER_EVENT_TYPES = [
  'user.created',
  'user.renamed',
  'user.disabled',
  'user.enabled',
  'user.exported',
  'email.verification_requested',
  'email.verified',
  'email.change_requested',
  'email.changed',
  'email.change_undone',
  'login.succeeded',
  'login.refused',
  'reauthentication.succeeded',
  'reauthentication.refused',
  'password.changed',
  'password.reset_requested',
  'password.reset',
  'password.disabled',
  'password.enabled',
  'session.revoked',
  'sessions.revoked',
  'access_token.created',
  'access_token.revoked',
] as const satisfies readonly (SecurityEvent['type'] & UserEventType)[]

/** An event as people see it. Who else acted, and the reason of a refusal, are not theirs to know. */
export const userEventJsonSchema = z
  .object({
    id: z.uuid(),
    type: z.enum(USER_EVENT_TYPES),
    at: z.iso.datetime(),
    sessionId: z.uuid().optional().meta({ description: 'The session that it is about.' }),
    device: deviceJsonSchema.nullable().meta({ description: 'Null: no request did it, but the service itself.' }),
    byYou: z
      .boolean()
      .optional()
      .meta({ description: 'True: from a session of yours. False: by the service. Absent: nobody was logged in.' }),
  })
  .meta({ id: 'UserEvent' }) satisfies z.ZodType<UserEventJson>

/** An event in an export, which has those as well that people are not shown. */
export const exportedEventJsonSchema = userEventJsonSchema
  .extend({ type: z.string() })
  .meta({ id: 'ExportedEvent' }) satisfies z.ZodType<ExportedEventJson>

const EXPORT_PAGE = 500

/** The most events that one answer has. */
export const MAX_USER_EVENTS = 100

/** What is asked for: the newest, or those before an event. */
export interface UserEventPage {
  readonly before: EventId | null
  readonly limit: number
}

/** The events about a user that mean something to them, newest first, tries that failed among them (ASVS 6.3.5). */
export async function listUserEvents(
  audit: Pick<AuditStore, 'list'>,
  userId: UserId,
  { before, limit }: UserEventPage,
): Promise<UserEventJson[]> {
  const records = await audit.list({
    userId,
    types: USER_EVENT_TYPES,
    before: before ?? undefined,
    newestFirst: true,
    limit: Math.min(limit, MAX_USER_EVENTS),
  })
  return records.map((record) => ({
    ...toExportedEventJson(record),
    type: record.type as UserEventJson['type'], // no others were asked for
  }))
}

/** All events about a user that are still kept, newest first. */
export async function exportEvents(audit: Pick<AuditStore, 'list'>, userId: UserId): Promise<ExportedEventJson[]> {
  const events: ExportedEventJson[] = []
  for (let before: EventId | undefined; ; ) {
    const page = await audit.list({ userId, before, newestFirst: true, limit: EXPORT_PAGE })
    events.push(...page.map(toExportedEventJson))
    if (page.length < EXPORT_PAGE) return events
    before = page.at(-1)?.id as EventId // a full page has a last one
  }
}

function toExportedEventJson(record: AuditRecord): ExportedEventJson {
  const { id, type, at, sessionId, requestId, client } = record
  return {
    id,
    type,
    at: toIsoTime(at),
    ...(sessionId === null ? {} : { sessionId }),
    device: requestId === null ? null : toDeviceJson(client),
    ...byWhom(record),
  }
}

function byWhom({ actor, userId }: AuditRecord): Pick<UserEventJson, 'byYou'> {
  if (actor === userId) return { byYou: true }
  const isService = actor !== null && parseUserId(actor) === null
  return isService ? { byYou: false } : {}
}
