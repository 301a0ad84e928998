/*
 * The hash chain of the audit log. Rows are sealed in batches, and the hash of each batch covers the previous batch, so
 * that a row that was changed, removed, added or moved later is found.
 *
 * The chain cannot find events that were never written, changes to rows that are not sealed yet, or a chain that was
 * recomputed from some batch on, unless its head was stored elsewhere. This file is pure; `chain.test.ts` has the known
 * values and tests every kind of change.
 */
import { hash } from 'node:crypto'
import type { AuditEntry } from './entry.ts'

/**
 * The part of a row that is sealed. IP address and user agent are sealed as a digest, so that they can be erased later.
 */
export interface ChainedRow extends AuditEntry {
  /** The text of the JSON object, exactly as stored. */
  readonly detail: string
  readonly personalDigest: string
}

/** A seal without its hash. */
export interface SealContent {
  /** Hash of the previous batch; `FIRST_PREVIOUS_HASH` for the first batch. */
  readonly previousHash: string
  /** 1, 2, 3 … without a gap. */
  readonly batch: number
  /** Milliseconds since 1970 UTC, like `lastEventAt`. */
  readonly sealedAt: number
  readonly lastEventAt: number
  readonly eventCount: number
  /**
   * `hashRows` of the rows of the batch. It stays when the rows are deleted, so that the rest of the seal can still be
   * checked.
   */
  readonly rowsHash: string
}

/** Previous hash of the first batch. */
export const FIRST_PREVIOUS_HASH: string = '0'.repeat(64)

/** Prefixes that keep a hash of one kind or format version from being valid as another. */
const KIND = { row: 'latchkey audit row 1', rows: 'latchkey audit rows 1', seal: 'latchkey audit seal 1' } as const

/** Returns the digest of a row: SHA-256, in hex, of its canonical form, a JSON array without white space. */
export function digestRow(row: ChainedRow): string {
  const { id, at, type, userId, actor, sessionId, requestId, detail, personalDigest } = row
  return digest([KIND.row, id, at, type, userId, actor, sessionId, requestId, detail, personalDigest])
}

/** Returns one hash over the rows of a batch, in the order of their ids. */
export function hashRows(rows: readonly ChainedRow[]): string {
  return digest([KIND.rows, ...rows.map(digestRow)])
}

/** Returns the hash of a batch. */
export function hashSeal({ previousHash, batch, sealedAt, lastEventAt, eventCount, rowsHash }: SealContent): string {
  return digest([KIND.seal, previousHash, batch, sealedAt, lastEventAt, eventCount, rowsHash])
}

/**
 * Returns the digest of the personal data of a row: SHA-256, in base64url, of its JSON array. The salt prevents
 * guessing.
 */
export function digestPersonal(salt: string, ip: string | null, userAgent: string | null): string {
  return hash('sha256', JSON.stringify([salt, ip, userAgent]), 'base64url')
}

function digest(parts: readonly (string | number | null)[]): string {
  return hash('sha256', JSON.stringify(parts))
}
