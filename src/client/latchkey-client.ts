import type { BodyCall, Call, IdCall, QueryCall } from './calls.ts'
import type { SessionListener, SessionState } from './session-state.ts'

/** Calls the routes of Latchkey. Every call returns success or a refusal whose `code` is one that this call can have. */
export interface LatchkeyClient {
  /** The session as far as the client knows it without a request. */
  readonly state: SessionState
  /**
   * Calls the listener at every change of `state`: a login, a logout, a 401 of any call, a change in another tab.
   * @returns a function that removes the listener.
   */
  onChange(listener: SessionListener): () => void

  /** Reads the current user and session. Calls at the same time share one request. */
  readonly session: Call<'GET /session'>
  /** Creates an account and logs in; if email addresses are verified first, sends an email with a link instead. */
  readonly register: BodyCall<'POST /register'>
  /** Logs in, or returns the open steps if the login needs another proof. */
  readonly logIn: BodyCall<'POST /login'>
  /** Logs out. It succeeds also without a session. */
  readonly logOut: Call<'POST /logout'>
  /** Confirms the identity of the user. The session becomes fresh and keeps its id. */
  readonly reauthenticate: BodyCall<'POST /reauthenticate'>
  /** Reads the metadata of the service. */
  readonly metadata: Call<'GET '>

  readonly sessions: {
    /** Lists the sessions of the user; `current` marks this one. */
    readonly list: Call<'GET /sessions'>
    /** Revokes one session. */
    readonly revoke: IdCall<'DELETE /sessions/{id}'>
    /** Revokes all sessions except the current one. */
    readonly revokeOthers: Call<'DELETE /sessions'>
  }

  readonly tokens: {
    /** Creates an access token. Its secret is in this answer only. Needs a fresh session. */
    readonly create: BodyCall<'POST /tokens'>
    /** Lists the access tokens of the user, without their secrets. */
    readonly list: Call<'GET /tokens'>
    /** Revokes an access token. */
    readonly revoke: IdCall<'DELETE /tokens/{id}'>
  }

  readonly user: {
    /** Reads the account. */
    readonly get: Call<'GET /user'>
    /** Changes or removes the name. */
    readonly rename: BodyCall<'PATCH /user'>
    /** Deletes the account and everything that belongs to it. Needs a fresh session. */
    readonly delete: Call<'DELETE /user'>
    /** Reads everything that is stored about the account. */
    readonly export: Call<'GET /user/export'>
    /** Lists the events of the account, newest first, at most 100. `before`: the id of the last event of the page before. */
    readonly events: QueryCall<'GET /user/events'>
  }

  readonly password: {
    /** Changes the password. All other sessions are revoked. */
    readonly change: BodyCall<'POST /password/change'>
    /** Sends an email with a reset link. The answer is the same for every email address. */
    readonly forgot: BodyCall<'POST /password/forgot'>
    /** Sets a new password with the token of the email. All sessions are revoked. */
    readonly reset: BodyCall<'POST /password/reset'>
  }

  readonly email: {
    /** Sends an email with a link that verifies the email address. */
    readonly requestVerification: Call<'POST /email/verify/request'>
    /** Verifies the email address with the token of the email. */
    readonly verify: BodyCall<'POST /email/verify'>
    /** Sends a link to another email address. Confirming it changes the email address. */
    readonly change: BodyCall<'POST /email/change'>
    /** Changes the email address with the token of the email. */
    readonly confirmChange: BodyCall<'POST /email/change/confirm'>
    /** Undoes a change of email address with the token of the notice. */
    readonly undoChange: BodyCall<'POST /email/change/undo'>
  }
}
