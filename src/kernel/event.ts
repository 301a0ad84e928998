import type { ClientInfo } from './principal.ts'

/** What happened to whom. `reason` is private detail; no event holds a secret. */
export type SecurityEvent =
  | {
      readonly type:
        | 'user.created'
        | 'user.renamed'
        | 'user.disabled'
        | 'user.enabled'
        | 'user.deleted'
        | 'user.exported'
        | 'email.verification_requested'
        | 'email.verified'
        | 'email.change_requested'
        | 'email.changed'
        | 'email.change_undone'
        | 'password.reset'
        | 'password.enabled'
      readonly userId: string
    }
  | {
      readonly type: 'password.reset_requested'
      /** Null: nobody has the address. */
      readonly userId: string | null
    }
  | {
      readonly type: 'login.succeeded'
      readonly userId: string
      readonly sessionId: string
      readonly methods: readonly string[]
    }
  | { readonly type: 'login.refused'; readonly userId: string | null; readonly reason: string }
  | { readonly type: 'reauthentication.succeeded'; readonly userId: string; readonly sessionId: string }
  | {
      readonly type: 'reauthentication.refused'
      readonly userId: string
      readonly sessionId: string
      readonly reason: string
    }
  | {
      readonly type: 'password.changed'
      readonly userId: string
      /** Null: from no session, but with a verification of the address or from the old system. */
      readonly sessionId: string | null
    }
  | {
      readonly type: 'password.disabled'
      readonly userId: string
      /** Why it has to be reset: too many failures, an administrator, or an undone change of address. */
      readonly reason: 'failures' | 'forced' | 'email_change_undone'
    }
  | {
      /** The list of breached passwords could not be asked; the password was taken. */
      readonly type: 'password.breach_check_failed'
      readonly userId: string | null
      readonly reason: string
    }
  | {
      /** Somebody has to wait before the next try. Told and not stored. */
      readonly type: 'attempt.throttled'
      readonly operation: string
      readonly userId: string | null
    }
  | { readonly type: 'session.revoked' | 'session.expired'; readonly userId: string; readonly sessionId: string }
  | { readonly type: 'sessions.revoked'; readonly userId: string; readonly count: number }
  | {
      readonly type: 'access_token.created' | 'access_token.revoked'
      readonly userId: string
      readonly tokenId: string
    }
  | { readonly type: 'invitation.created'; readonly userId: null }
  | {
      /** A mail that is given up. */
      readonly type: 'mail.failed'
      readonly userId: string | null
      readonly mailId: string
      readonly reason: string
    }
  | { readonly type: 'request.refused'; readonly code: string; readonly reason: string; readonly userId: string | null }

/** Where an event comes from. */
export interface EventOrigin {
  /** When it happened, milliseconds since 1970 UTC. */
  readonly at: number
  /** Who did it: the id of a user who was logged in, the name under which server-side calls act, or null for anybody. */
  readonly actor: string | null
  /** The request that caused it; null for server-side calls and sweeps. */
  readonly requestId: string | null
  readonly client: ClientInfo | null
}

/** An event and where it comes from, as it is stored and told. */
export type StampedEvent = SecurityEvent & EventOrigin

/** Takes events. It is called after what it tells has been stored; what it throws is reported and changes nothing. */
export type EventListener = (event: StampedEvent) => void

/** Adds to an event where it comes from. The storage writes it in the transaction of what happened. */
export type Stamp = (event: SecurityEvent) => StampedEvent
