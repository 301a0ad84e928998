import { digestPersonal, FIRST_PREVIOUS_HASH, hashRows, hashSeal } from './chain.ts'
import type { AuditRow, AuditStore, SealedBatch } from './store.ts'

/** Something in the audit that is not as it was written. */
export interface AuditProblem {
  /** The batch that it is in; null for the chain as a whole. */
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
  /** One sentence. */
  readonly detail: string
}

/** What a verification found. */
export interface AuditReport {
  /** True when there is no problem. */
  readonly ok: boolean
  /** Sealed batches, those that were removed after their time among them. */
  readonly batches: number
  readonly removedBatches: number
  /** When the last event happened that was removed after its time, milliseconds since 1970 UTC; null: none was. */
  readonly removedThrough: number | null
  /** Events in batches, as counted now. */
  readonly events: number
  /** Events that no seal protects yet. */
  readonly unsealed: number
  /** Hash of the newest batch, to be noted elsewhere; null while there is none. */
  readonly head: string | null
  readonly problems: readonly AuditProblem[]
}

/** What is expected of the audit. */
export interface VerifyAuditInput {
  readonly now: number
  /** How long events are kept, milliseconds; 0: for ever. */
  readonly retentionMs: number
  /** A head that was noted elsewhere; null: none. */
  readonly head: string | null
}

const PAGE = 20

/** Checks every seal and every row (ASVS 16.4.2). Reads the whole audit, page by page. */
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
    if (page.length < PAGE) break
  }
  problems.push(...(await findOrphans(audit)))
  if (!isHeadFound) problems.push({ batch: null, kind: 'head_unknown', detail: HEAD_UNKNOWN })
  const head = counts.batches === 0 ? null : previous.hash
  return { ok: problems.length === 0, ...counts, removedThrough, unsealed, head, problems }
}

const HEAD_UNKNOWN = 'No batch has the hash that was noted: the chain was made anew, or its end was cut off.'

/** Seals are numbered without a gap, and each names the one before. */
function findGap(previous: { readonly batch: number; readonly hash: string }, seal: SealedBatch): AuditProblem[] {
  const { batch } = seal
  if (batch !== previous.batch + 1) {
    const missing = batch === previous.batch + 2 ? `${batch - 1}` : `${previous.batch + 1} to ${batch - 1}`
    return [{ batch: previous.batch + 1, kind: 'seal_missing', detail: `There is no seal of batch ${missing}.` }]
  }
  if (seal.previousHash === previous.hash) return []
  return [{ batch, kind: 'chain_broken', detail: 'The seal does not follow from the one before.' }]
}

function findSealProblems(seal: SealedBatch): AuditProblem[] {
  if (hashSeal(seal) === seal.hash) return []
  return [{ batch: seal.batch, kind: 'seal_changed', detail: 'The seal was changed: its hash is another.' }]
}

function findRowProblems(batch: SealedBatch, { now, retentionMs }: VerifyAuditInput): AuditProblem[] {
  const { batch: number, rows, eventCount } = batch
  const problem = (kind: AuditProblem['kind'], detail: string): AuditProblem => ({ batch: number, kind, detail })
  if (batch.removedAt !== null && rows.length === 0) {
    const isEarly = retentionMs === 0 || batch.lastEventAt > now - retentionMs
    return isEarly ? [problem('removed_early', 'The rows were removed before their time.')] : []
  }
  const personal = rows.flatMap((row) => findPersonalProblem(row).map(({ kind, detail }) => problem(kind, detail)))
  if (rows.length < eventCount) {
    return [...personal, problem('rows_missing', `Of ${eventCount} rows, ${eventCount - rows.length} are gone.`)]
  }
  if (rows.length > eventCount || batch.removedAt !== null) {
    return [...personal, problem('rows_added', `There are ${rows.length} rows where ${eventCount} were sealed.`)]
  }
  if (hashRows(rows) === batch.rowsHash) return personal
  return [...personal, problem('rows_changed', 'A row was changed, or exchanged for another.')]
}

/** Address and user agent are as they were, or were taken away with their user. */
function findPersonalProblem(row: AuditRow): Pick<AuditProblem, 'kind' | 'detail'>[] {
  const { id, personalSalt, ip, userAgent, personalDigest, userId, hasUser } = row
  if (personalSalt !== null && digestPersonal(personalSalt, ip, userAgent) === personalDigest) return []
  const isErased = personalSalt === null && ip === null && userAgent === null
  if (!isErased) return [{ kind: 'personal_data_changed', detail: `Row ${id} has another address or user agent.` }]
  if (userId !== null && !hasUser) return []
  return [{ kind: 'personal_data_missing', detail: `Row ${id} lost its address, though its user is still there.` }]
}

async function findOrphans(audit: AuditStore): Promise<AuditProblem[]> {
  const batches = await audit.findBatchesWithoutSeal()
  return batches.map((batch) => ({
    batch,
    kind: 'seal_missing',
    detail: `Rows name batch ${batch}, which has no seal.`,
  }))
}
