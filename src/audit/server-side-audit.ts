import { parseEventId, parseUserId } from '../kernel/ids.ts'
import { invalidMember } from '../kernel/refusal.ts'
import { type KeepAuditDeps, sealAudit } from './keep-audit.ts'
import type { AuditSettings } from './settings.ts'
import type { AuditRecord } from './store.ts'
import { type AuditReport, verifyAudit } from './verify-audit.ts'

/** Which events are listed. */
export interface AuditFilter {
  /** About this user, also one who is gone. */
  readonly userId?: string
  readonly type?: string
  /** That happened at this time or later, milliseconds since 1970 UTC. */
  readonly since?: number
  /** With an id after this one; for the next page. */
  readonly after?: string
  /** With an id before this one; for the next page of `newestFirst`. */
  readonly before?: string
  /** Default false: the oldest first. */
  readonly newestFirst?: boolean
  /** Default 100, at most 1,000. */
  readonly limit?: number
}

/** The audit, for the application itself: none of this is reachable over HTTP. */
export interface ServerSideAudit {
  /** A page of events. Throws validation_failed for what is no id. */
  list(filter?: AuditFilter): Promise<AuditRecord[]>
  /**
   * Reads the whole audit and tells whether it is as it was written.
   * @param expected `head`: one that was noted elsewhere; without it nobody finds a chain that was made anew.
   */
  verify(expected?: { readonly head?: string }): Promise<AuditReport>
  /** Seals what is not sealed yet; says how many events. Runs by itself every ten seconds. */
  seal(): Promise<number>
}

const DEFAULT_PAGE = 100
const MAX_PAGE = 1_000

/** Makes the server-side calls about the audit. */
export function createServerSideAudit(deps: KeepAuditDeps, { retentionMs }: AuditSettings): ServerSideAudit {
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
