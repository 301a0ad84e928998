/*
 * The id of a grant as the engine sees it: `<grant>.<family>`. Each authorization is a family of its own, so that a replayed
 * code or refresh token ends what came from that authorization only, and the user's other devices stay connected.
 */
import { randomBytes } from 'node:crypto'
import { type OAuthGrantId, parseOAuthGrantId } from '../../kernel/ids.ts'

const FAMILY_BYTES = 16

/** A grant and one authorization of it. */
export interface Family {
  readonly grantId: OAuthGrantId
  readonly familyId: string
}

/** Returns the id for a new authorization of a grant. */
export function newFamily(grantId: OAuthGrantId): string {
  return `${grantId}.${randomBytes(FAMILY_BYTES).toString('base64url')}`
}

/** Parses an id; null if it is malformed. */
export function parseFamily(text: unknown): Family | null {
  if (typeof text !== 'string') return null
  const [grant = '', familyId = ''] = text.split('.')
  const grantId = parseOAuthGrantId(grant)
  return grantId === null || familyId === '' ? null : { grantId, familyId }
}
