import type { EffectsOf } from '../../kernel/effects.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { SessionRef } from '../../sessions/store.ts'

/** An app that a user logged in to with a session, and that wants to be told when the session ends. */
export interface OAuthLogin {
  readonly sessionId: SessionId
  readonly clientId: string
  readonly userId: UserId
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
}

/** A login to look at: is its session over? Only this process looks until the lease ends. */
export interface DueLogin extends OAuthLogin {
  /** Where the app wants to be told; null: not any more. */
  readonly uri: string | null
  /** When the lease ends: a change since then makes the login due again, and wins. */
  readonly leaseEndsAt: number
  /** Attempts to tell the app before this one. */
  readonly tries: number
}

/** Storage of logins to apps. A row is deleted when the app was told. Times are milliseconds since 1970 UTC. */
export interface OAuthLoginStore {
  /** Makes logins of these sessions and users due: their sessions may be over. Returns true if there are any. */
  makeDue(sessions: readonly SessionId[], users: readonly UserId[], now: number): Promise<boolean>
  /** Returns a page of the sessions of logins that no process looks at now or soon, in the order of their ids. */
  listSleeping(page: {
    readonly now: number
    readonly after: SessionId | null
    readonly limit: number
  }): Promise<SessionRef[]>
  /** Leases logins that are due, the oldest first, except those of some apps. Without any, it costs one read. */
  lease(
    now: number,
    leaseEndsAt: number,
    which: { readonly limit: number; readonly except: readonly string[] },
  ): Promise<readonly DueLogin[]>
  /** Returns true if the lease of a login holds: it did not become due again, and its app was not told. */
  holds(login: DueLogin): Promise<boolean>
  /** Deletes a login whose app was told, or is given up. */
  strike(login: OAuthLogin, effectsOf: EffectsOf): Promise<void>
  /** Looks at a login again at `dueAt`, unless it became due since it was leased. */
  postpone(login: DueLogin, dueAt: number, tries: number): Promise<void>
  /** Makes logins due that wait for an app which has a new URI now. */
  endPause(clientId: string, now: number): Promise<void>
  /** Postpones all due logins of an app that does not answer, so that they hold up no other app. */
  postponeClient(clientId: string, dueAt: number): Promise<void>
}
