import type { BodyCall, Call, IdCall, QueryCall } from './calls.ts'
import type { SessionListener, SessionState } from './session-state.ts'

/** Calls the routes of Latchkey. Every call gives success or a refusal whose `code` is one that the call can have. */
export interface LatchkeyClient {
  /** Who is logged in, as far as is known without asking. */
  readonly state: SessionState
  /**
   * Hears of every change of `state`: logins, logouts, a 401 of any call, other tabs of the browser.
   * @returns ends it.
   */
  onChange(listener: SessionListener): () => void

  /** Asks who is logged in. Calls at the same time share one request. */
  readonly session: Call<'GET /session'>
  /** Makes an account and logs in, or, where addresses are verified first, has a link mailed. */
  readonly register: BodyCall<'POST /register'>
  /** Logs in, or says which steps are still open. */
  readonly logIn: BodyCall<'POST /login'>
  /** Ends the current session; no error when there is none. */
  readonly logOut: Call<'POST /logout'>
  /** Proves who one is again: the session is fresh, and keeps its id. */
  readonly reauthenticate: BodyCall<'POST /reauthenticate'>
  /** What the service is and offers. */
  readonly metadata: Call<'GET '>

  readonly sessions: {
    /** The own sessions, the current one marked. */
    readonly list: Call<'GET /sessions'>
    /** Ends one. */
    readonly revoke: IdCall<'DELETE /sessions/{id}'>
    /** Ends all but the current one. */
    readonly revokeOthers: Call<'DELETE /sessions'>
  }

  readonly tokens: {
    /** Makes an access token; its secret is in the answer this once. Asks for a fresh session. */
    readonly create: BodyCall<'POST /tokens'>
    readonly list: Call<'GET /tokens'>
    readonly revoke: IdCall<'DELETE /tokens/{id}'>
  }

  readonly user: {
    readonly get: Call<'GET /user'>
    readonly rename: BodyCall<'PATCH /user'>
    /** Deletes the account and all that belongs to it. */
    readonly delete: Call<'DELETE /user'>
    /** All that is stored about the account. */
    readonly export: Call<'GET /user/export'>
    /** What happened to the account, newest first, at most 100 events; `before` an event for the next page. */
    readonly events: QueryCall<'GET /user/events'>
  }

  readonly password: {
    /** Changes it; all other sessions end. */
    readonly change: BodyCall<'POST /password/change'>
    /** Has a link mailed. The answer is the same for any address. */
    readonly forgot: BodyCall<'POST /password/forgot'>
    /** Sets a new one with the token of the mail; all sessions end. */
    readonly reset: BodyCall<'POST /password/reset'>
  }

  readonly email: {
    /** Has a link mailed that verifies the address. */
    readonly requestVerification: Call<'POST /email/verify/request'>
    /** Verifies it with the token of the mail. */
    readonly verify: BodyCall<'POST /email/verify'>
    /** Has a link mailed to another address; opening it changes the address. */
    readonly change: BodyCall<'POST /email/change'>
    /** Changes it with the token of the mail. */
    readonly confirmChange: BodyCall<'POST /email/change/confirm'>
    /** Takes a change back with the token of the notice. */
    readonly undoChange: BodyCall<'POST /email/change/undo'>
  }
}
