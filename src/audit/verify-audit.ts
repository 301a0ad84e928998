import { digestPersonal, FIRST_PREVIOUS_HASH, hashRows, hashSeal } from './chain.ts'
import type { AuditRow, AuditStore, SealedBatch } from './store.ts'

/** A modification found in the audit log. */
export interface AuditProblem {
  /** The batch with the problem; null if the problem concerns the whole chain. */
  readonly batch: number | null
  readonly kind:
    | 'rows_changed'
    | 'rows_missing'
    | 'rows_added'
    | 'personal_data_changed'
    | 'personal_data_missing'
    | 'seal_changed'
    | 'seal_missing'
    | 'chain_broken'
    | 'removed_early'
    | 'head_unknown'
  /** One sentence that describes the problem. */
  readonly detail: string
}

/** Result of a verification. */
export interface AuditReport {
  /** True if no problem was found. */
  readonly ok: boolean
  /** Number of sealed batches, including those whose rows were deleted after the retention time. */
  readonly batches: number
  readonly removedBatches: number
  /**
   * Time of the last event that was deleted after the retention time, in milliseconds since 1970 UTC; null if none was.
   */
  readonly removedThrough: number | null
  /** Number of events in the batches, as counted now. */
  readonly events: number
  /** Number of events that are not sealed yet. */
  readonly unsealed: number
  /** Hash of the newest batch, to be stored elsewhere; null if no batch exists. */
  readonly head: string | null
  readonly problems: readonly AuditProblem[]
}

/** Expected state of the audit log. */
export interface VerifyAuditInput {
  readonly now: number
  /** Retention time of events in milliseconds; 0 keeps them forever. */
  readonly retentionMs: number
  /** A head that was stored elsewhere; null if there is none. */
  readonly head: string | null
}

const PAGE = 20

/** Checks every seal and every row of the audit log (ASVS 16.4.2). Reads the whole log, page by page. */
export async function verifyAudit(audit: AuditStore, input: VerifyAuditInput): Promise<AuditReport> {
  const problems: AuditProblem[] = []
  const [counts, unsealed] = [{ batches: 0, removedBatches: 0, events: 0 }, await audit.countUnsealed()]
  let removedThrough: number | null = null
  let previous = { batch: 0, hash: FIRST_PREVIOUS_HASH }
  let isHeadFound = input.head === null
  for (;;) {
    const page = await audit.readBatches(previous.batch, PAGE)
    for (const batch of page) {
      problems.push(...findGap(previous, batch), ...findSealProblems(batch), ...findRowProblems(batch, input))
      counts.batches++
      counts.events += batch.rows.length
      if (batch.removedAt !== null) {
        counts.removedBatches++
        removedThrough = Math.max(removedThrough ?? 0, batch.lastEventAt)
      }
      if (batch.hash === input.head) isHeadFound = true
      previous = batch
    }
    if (page.length === 0) break
  }
  problems.push(...(await findOrphans(audit)))
  if (!isHeadFound) problems.push({ batch: null, kind: 'head_unknown', detail: HEAD_UNKNOWN })
  const head = counts.batches === 0 ? null : previous.hash
  return { ok: problems.length === 0, ...counts, removedThrough, unsealed, head, problems }
}

const HEAD_UNKNOWN = 'No batch has the expected head: the chain was recomputed, or its end was cut off.'

/** Checks that seals are numbered without a gap, and that each one contains the hash of the previous one. */
function findGap(previous: { readonly batch: number; readonly hash: string }, seal: SealedBatch): AuditProblem[] {
  const { batch } = seal
  if (batch !== previous.batch + 1) {
    const missing = batch === previous.batch + 2 ? `${batch - 1}` : `${previous.batch + 1} to ${batch - 1}`
    return [{ batch: previous.batch + 1, kind: 'seal_missing', detail: `The seal of batch ${missing} is missing.` }]
  }
  if (seal.previousHash === previous.hash) return []
  return [{ batch, kind: 'chain_broken', detail: 'The seal does not contain the hash of the previous seal.' }]
}

function findSealProblems(seal: SealedBatch): AuditProblem[] {
  if (hashSeal(seal) === seal.hash) return []
  return [{ batch: seal.batch, kind: 'seal_changed', detail: 'The seal was changed: its hash does not match.' }]
}

function findRowProblems(batch: SealedBatch, { now, retentionMs }: VerifyAuditInput): AuditProblem[] {
  const { batch: number, rows, eventCount } = batch
  const problem = (kind: AuditProblem['kind'], detail: string): AuditProblem => ({ batch: number, kind, detail })
  if (batch.removedAt !== null && rows.length === 0) {
    const isEarly = retentionMs === 0 || batch.lastEventAt > now - retentionMs
    return isEarly ? [problem('removed_early', 'The rows were deleted before the end of the retention time.')] : []
  }
  const personal = rows.flatMap((row) => findPersonalProblem(row).map(({ kind, detail }) => problem(kind, detail)))
  if (rows.length < eventCount) {
    return [...personal, problem('rows_missing', `Of ${eventCount} rows, ${eventCount - rows.length} are gone.`)]
  }
  if (rows.length > eventCount || batch.removedAt !== null) {
    return [...personal, problem('rows_added', `There are ${rows.length} rows where ${eventCount} were sealed.`)]
  }
  if (hashRows(rows) === batch.rowsHash) return personal
  return [...personal, problem('rows_changed', 'A row was changed or replaced.')]
}

/** Checks that IP address and user agent are unchanged, or were erased with their user. */
function findPersonalProblem(row: AuditRow): Pick<AuditProblem, 'kind' | 'detail'>[] {
  const { id, personalSalt, ip, userAgent, personalDigest, userId, hasUser } = row
  if (personalSalt !== null && digestPersonal(personalSalt, ip, userAgent) === personalDigest) return []
  const isErased = personalSalt === null && ip === null && userAgent === null
  if (!isErased) return [{ kind: 'personal_data_changed', detail: `Row ${id} has a changed IP address or user agent.` }]
  if (userId !== null && !hasUser) return []
  return [
    {
      kind: 'personal_data_missing',
      detail: `Row ${id} lost its IP address and user agent, although its user still exists.`,
    },
  ]
}

async function findOrphans(audit: AuditStore): Promise<AuditProblem[]> {
  const batches = await audit.findBatchesWithoutSeal()
  return batches.map((batch) => ({
    batch,
    kind: 'seal_missing',
    detail: `Rows belong to batch ${batch}, which has no seal.`,
  }))
}
