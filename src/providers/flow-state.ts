import { createHash, randomBytes } from 'node:crypto'
import type { Sealer } from '../crypto/sealed-text.ts'
import { equalInConstantTime } from '../crypto/signature.ts'
import { MINUTE_MS } from '../kernel/clock.ts'

/** Time that a person has to log in at the provider, in milliseconds. */
export const FLOW_MS: number = 10 * MINUTE_MS
const RANDOM_BYTES = 32

/** What a round with a provider is for: a login, a new link, or a fresh session. */
export type FlowPurpose = 'login' | 'link' | 'reauthenticate'

/** What the callback needs to know of the beginning. */
export interface FlowTarget {
  readonly purpose: FlowPurpose
  /** Where the browser goes at the end. Null: to the default page. */
  readonly next: string | null
  readonly remember: boolean
  readonly invitation: string | null
  /** The session that began a link or a proof of identity; null for a login. */
  readonly sessionId: string | null
}

/**
 * A round with a provider in progress. The browser keeps it in a sealed cookie, so that only this browser can end it, and
 * only with the same provider.
 */
export interface FlowState extends FlowTarget {
  readonly provider: string
  /** Parameter `state` (RFC 6749 section 10.12). */
  readonly state: string
  /** Claim `nonce` (OpenID Connect Core section 3.1.2.1). */
  readonly nonce: string
  /** RFC 7636. */
  readonly codeVerifier: string
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number
}

/** Begins a round with a provider. */
export function newFlow(provider: string, target: FlowTarget, now: number): FlowState {
  return { ...target, provider, state: random(), nonce: random(), codeVerifier: random(), startedAt: now }
}

/**
 * Finds the round that an answer belongs to.
 * @param sealed the values of the cookie.
 * @returns null if this browser did not begin it with this provider in the last 10 minutes.
 */
export function findFlow(
  sealer: Sealer,
  sealed: readonly string[],
  { provider, state, now }: { readonly provider: string; readonly state: string; readonly now: number },
): FlowState | null {
  for (const text of sealed) {
    const opened = sealer.open(text)
    if (opened === null) continue
    const flow = JSON.parse(opened) as FlowState // we sealed it
    const isLive = now >= flow.startedAt && now - flow.startedAt < FLOW_MS
    if (isLive && flow.provider === provider && isSame(flow.state, state)) return flow
  }
  return null
}

/** Returns the value under which the end of a round is stored, so that it ends once. */
export function hashOfFlow({ provider, state }: FlowState): string {
  return hashOf(`flow ${provider} ${state}`)
}

/** Returns a SHA-256 in base64url. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function isSame(left: string, right: string): boolean {
  return equalInConstantTime(Buffer.from(left), Buffer.from(right))
}

function random(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url')
}
