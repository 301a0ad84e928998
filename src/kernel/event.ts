import type { ClientInfo } from './principal.ts'

/** What happened to whom. `reason` is private detail; no event holds a secret. */
export type SecurityEvent =
  | {
      readonly type: 'user.created' | 'user.renamed' | 'user.disabled' | 'user.enabled' | 'user.deleted'
      readonly userId: string
    }
  | {
      readonly type: 'login.succeeded'
      readonly userId: string
      readonly sessionId: string
      readonly methods: readonly string[]
    }
  | { readonly type: 'login.refused'; readonly userId: string | null; readonly reason: string }
  | {
      readonly type: 'reauthentication.succeeded' | 'password.changed'
      readonly userId: string
      readonly sessionId: string
    }
  | {
      readonly type: 'reauthentication.refused'
      readonly userId: string
      readonly sessionId: string
      readonly reason: string
    }
  | { readonly type: 'session.revoked' | 'session.expired'; readonly userId: string; readonly sessionId: string }
  | { readonly type: 'sessions.revoked'; readonly userId: string; readonly count: number }
  | { readonly type: 'request.refused'; readonly code: string; readonly reason: string; readonly userId: string | null }

/** Where an event comes from. */
export interface EventOrigin {
  /** When it happened, milliseconds since 1970 UTC. */
  readonly at: number
  /** The request that caused it; null for server-side calls and sweeps. */
  readonly requestId: string | null
  readonly client: ClientInfo | null
}

/** Takes events. It is called after what it tells has been stored; what it throws is reported and changes nothing. */
export type EventListener = (event: SecurityEvent & EventOrigin) => void

/** What an action calls when something happened. */
export type Emit = (event: SecurityEvent) => void
