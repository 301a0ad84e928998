import { z } from 'zod'
import { acceptArgument, booleanSchema, pageLimitSchema, strictMembers, timeSchema } from '../kernel/arguments.ts'
import { parseEventId, parseUserId } from '../kernel/ids.ts'
import { withIsoTimes } from '../kernel/iso-times.ts'
import { type SealAuditDeps, sealAudit } from './seal-audit.ts'
import type { AuditSettings } from './settings.ts'
import type { AuditRecord } from './store.ts'
import { type AuditReport, verifyAudit } from './verify-audit.ts'

/** Filter of the listed events. */
export interface AuditFilter {
  /** Only events about this user, who may be deleted. */
  readonly userId?: string
  readonly type?: string
  /** Only events at this time or later, in milliseconds since 1970 UTC. */
  readonly since?: number
  /** Only events with a greater id; use it for the next page. */
  readonly after?: string
  /** Only events with a smaller id; use it for the next page of `newestFirst`. */
  readonly before?: string
  /** True lists the newest events first. Default false. */
  readonly newestFirst?: boolean
  /** Maximum number of events. Default 100, at most 1,000. */
  readonly limit?: number
}

/** Server-side calls about the audit log, for the application itself. None of them is reachable over HTTP. */
export interface ServerSideAudit {
  /** Returns a page of events. Throws `validation_failed` if an id is malformed. */
  list(filter?: AuditFilter): Promise<AuditRecord[]>
  /**
   * Reads the whole audit log and checks that it is unmodified.
   * @param expected `head`: a head that was stored elsewhere. Without it, a recomputed chain cannot be found.
   */
  verify(expected?: { readonly head?: string }): Promise<AuditReport>
  /** Seals the events that are not sealed yet; returns their number. It also runs automatically every ten seconds. */
  seal(): Promise<number>
}

const DEFAULT_PAGE = 100
const NO_ID = 'must be an id, such as 01a20561-b5ed-7332-a6ad-36fc2a9cc78b'
const NO_HEAD = 'must be the head of a report: 64 hexadecimal digits'

/** Dependencies of the server-side calls about the audit log. */
export interface ServerSideAuditDeps extends SealAuditDeps {
  readonly auditSettings: AuditSettings
  /** All types of events. */
  readonly eventTypes: readonly string[]
}

/** Creates the server-side calls about the audit log. */
export function createServerSideAudit(deps: ServerSideAuditDeps): ServerSideAudit {
  const { audit, clock, auditSettings, eventTypes } = deps
  const filterSchema = createFilterSchema(eventTypes)
  return {
    async list(filter = {}) {
      const accepted = acceptArgument(filterSchema, filter)
      const { userId, type, since, after, before, newestFirst = false, limit = DEFAULT_PAGE } = accepted
      const types = type === undefined ? undefined : [type]
      const found = await audit.list({ userId, types, since, after, before, newestFirst, limit })
      return found.map(withIsoTimes)
    },
    async verify(expected = {}) {
      const { head } = acceptArgument(expectedSchema, expected)
      const { retentionMs } = auditSettings
      return verifyAudit(audit, { now: clock(), retentionMs, head: head?.toLowerCase() ?? null })
    },
    seal: async () => sealAudit(deps),
  }
}

const expectedSchema = strictMembers({
  head: z
    .string(NO_HEAD)
    .regex(/^[0-9a-f]{64}$/i, NO_HEAD)
    .optional(),
})

function createFilterSchema(types: readonly string[]) {
  const noType = `must be a type of event: ${types.join(', ')}`
  return strictMembers({
    userId: idSchema(parseUserId),
    type: z
      .string(noType)
      .refine((type) => types.includes(type), noType)
      .optional(),
    since: timeSchema.optional(),
    after: idSchema(parseEventId),
    before: idSchema(parseEventId),
    newestFirst: booleanSchema.optional(),
    limit: pageLimitSchema.optional(),
  })
}

function idSchema(parse: (text: string) => string | null) {
  return z
    .string(NO_ID)
    .refine((text) => parse(text) !== null, NO_ID)
    .transform((text) => text.toLowerCase())
    .optional()
}
