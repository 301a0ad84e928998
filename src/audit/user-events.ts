import { z } from 'zod'
import { toIsoTime } from '../kernel/clock.ts'
import { type EventId, parseUserId, type UserId } from '../kernel/ids.ts'
import type { InLanguages } from '../kernel/language.ts'
import { MAX_PAGE, type Page } from '../kernel/page.ts'
import { deviceJsonSchema, toDeviceJson } from '../sessions/session-json.ts'
import type { AuditRecord, AuditStore } from './store.ts'
import type { ExportedEventJson, UserEventJson } from './wire.ts'

/** Sentences for the events that users see, by type, such as `USER_EVENTS` of the catalogue. */
export type UserEventTexts = Readonly<Record<string, InLanguages<string>>>

/** Schema of an event in an export. An export also contains events that `GET /user/events` leaves out. */
export const exportedEventJsonSchema = z
  .object({
    id: z.uuid(),
    type: z.string(),
    at: z.iso.datetime(),
    sessionId: z.uuid().optional().meta({ description: 'The session that the event is about.' }),
    device: deviceJsonSchema.nullable().meta({ description: 'Null: the service caused the event without a request.' }),
    byYou: z.boolean().optional().meta({
      description: 'True: from one of your sessions. False: by the service. Absent: nobody was logged in.',
    }),
  })
  .meta({ id: 'ExportedEvent' }) satisfies z.ZodType<ExportedEventJson>

/**
 * Returns the schema of an event that users see.
 * @param texts the sentences of all such events, by type.
 */
export function userEventJsonSchema(texts: UserEventTexts): z.ZodType<UserEventJson> {
  return exportedEventJsonSchema.extend({ type: z.enum(Object.keys(texts)) }).meta({ id: 'UserEvent' })
}

/** Dependencies of `listUserEvents`. */
export interface UserEventDeps {
  readonly audit: Pick<AuditStore, 'list'>
  readonly userEvents: UserEventTexts
}

/**
 * Returns the events that a user may see about their account, newest first, including failed attempts (ASVS 6.3.5).
 * Users do not learn which other user caused an event, or the reason of a refusal.
 */
export async function listUserEvents(
  { audit, userEvents }: UserEventDeps,
  userId: UserId,
  { before, limit }: Page<EventId>,
): Promise<UserEventJson[]> {
  const records = await audit.list({
    userId,
    types: Object.keys(userEvents),
    before: before ?? undefined,
    newestFirst: true,
    limit,
  })
  return records.map(toExportedEventJson)
}

/** Yields all events about a user that the audit log still contains, newest first, page by page. */
export async function* exportEvents(
  audit: Pick<AuditStore, 'list'>,
  userId: UserId,
): AsyncGenerator<readonly ExportedEventJson[]> {
  for (let before: EventId | undefined; ; ) {
    const page = await audit.list({ userId, before, newestFirst: true, limit: MAX_PAGE })
    yield page.map(toExportedEventJson)
    if (page.length < MAX_PAGE) return
    before = page.at(-1)?.id as EventId // a full page has a last event
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
