/*
 * The chain over the audit: rows are sealed in batches, and the hash of each batch covers the one before, so that a row
 * that was changed, removed, added or moved afterwards is found. What it cannot find: events that were never written, rows
 * that are not sealed yet, and a chain that was made anew from some batch on, unless its head was noted elsewhere.
 * Pure; `chain.test.ts` has the known values and tries every kind of change.
 */
import { hash } from 'node:crypto'
import type { AuditEntry } from './entry.ts'

/** What of a row is sealed. Of address and user agent it is their digest, so that they can be taken away. */
export interface ChainedRow extends AuditEntry {
  /** The text of the JSON object, as it is stored. */
  readonly detail: string
  readonly personalDigest: string
}

/** A seal without its hash. */
export interface SealContent {
  /** Hash of the batch before; `FIRST_PREVIOUS_HASH` for the first. */
  readonly previousHash: string
  /** 1, 2, 3 … without a gap. */
  readonly batch: number
  /** Milliseconds since 1970 UTC, as is the other. */
  readonly sealedAt: number
  readonly lastEventAt: number
  readonly eventCount: number
  /** `hashRows` of its rows. It stays when they go, so that the rest of the seal can still be checked. */
  readonly rowsHash: string
}

/** What the first batch has for a predecessor. */
export const FIRST_PREVIOUS_HASH: string = '0'.repeat(64)

/** So that no hash of one kind can pass for one of another, nor for that of a later format. */
const KIND = { row: 'latchkey audit row 1', rows: 'latchkey audit rows 1', seal: 'latchkey audit seal 1' } as const

/** The digest of a row: SHA-256, in hex, of its canonical form, a JSON array without white space. */
export function digestRow(row: ChainedRow): string {
  const { id, at, type, userId, actor, sessionId, requestId, detail, personalDigest } = row
  return digest([KIND.row, id, at, type, userId, actor, sessionId, requestId, detail, personalDigest])
}

/** One hash over the rows of a batch, in the order of their ids. */
export function hashRows(rows: readonly ChainedRow[]): string {
  return digest([KIND.rows, ...rows.map(digestRow)])
}

/** The hash of a batch. */
export function hashSeal({ previousHash, batch, sealedAt, lastEventAt, eventCount, rowsHash }: SealContent): string {
  return digest([KIND.seal, previousHash, batch, sealedAt, lastEventAt, eventCount, rowsHash])
}

/** The digest of what is personal in a row: SHA-256, in base64url, of its JSON array. Salted, or it could be guessed. */
export function digestPersonal(salt: string, ip: string | null, userAgent: string | null): string {
  return hash('sha256', JSON.stringify([salt, ip, userAgent]), 'base64url')
}

function digest(parts: readonly (string | number | null)[]): string {
  return hash('sha256', JSON.stringify(parts))
}
