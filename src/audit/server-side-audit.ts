import { parseEventId, parseUserId } from '../kernel/ids.ts'
import { invalidMember } from '../kernel/refusal.ts'
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
const MAX_PAGE = 1_000

/** Creates the server-side calls about the audit log. */
export function createServerSideAudit(deps: SealAuditDeps, { retentionMs }: AuditSettings): ServerSideAudit {
  const { audit, clock } = deps
  return {
    async list({ userId, type, since, after, before, newestFirst = false, limit = DEFAULT_PAGE } = {}) {
      return audit.list({
        userId: acceptId(userId, '#/userId', parseUserId),
        types: type === undefined ? undefined : [type],
        since,
        after: acceptId(after, '#/after', parseEventId),
        before: acceptId(before, '#/before', parseEventId),
        newestFirst,
        limit: Math.min(limit, MAX_PAGE),
      })
    },
    verify: ({ head } = {}) => verifyAudit(audit, { now: clock(), retentionMs, head: head?.toLowerCase() ?? null }),
    seal: () => sealAudit(deps),
  }
}

function acceptId<Id>(text: string | undefined, pointer: string, parse: (text: string) => Id | null): Id | undefined {
  if (text === undefined) return undefined
  const id = parse(text)
  if (id === null) throw invalidMember(pointer, 'Must be an id, such as 01a20561-b5ed-7332-a6ad-36fc2a9cc78b.')
  return id
}
