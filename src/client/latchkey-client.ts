import type { BodyCall, Call, IdBodyCall, IdCall, IdQueryCall, QueryCall } from './calls.ts'
import type { PasskeyMembers } from './passkey-calls.ts'
import type { SessionListener, SessionState } from './session-state.ts'

/** Calls the routes of Latchkey. Every call returns a success or a refusal with one of the codes that the call can have. */
export interface LatchkeyClient {
  /** The user who is logged in, as far as the client knows without a request. */
  readonly state: SessionState
  /**
   * Calls the listener at every change of `state`: logins, logouts, a 401 of any call, other tabs of the browser.
   * @returns a function that removes the listener.
   */
  onChange(listener: SessionListener): () => void

  /** Returns the current user and session. Simultaneous calls share one request. */
  readonly session: Call<'GET /session'>
  /** Creates an account and logs in. If the service verifies email addresses first, it sends an email with a link instead. */
  readonly register: BodyCall<'POST /register'>
  /** Logs in, or returns the steps that are still open. */
  readonly logIn: BodyCall<'POST /login'>
  /** Logs out. It also succeeds without a session. */
  readonly logOut: Call<'POST /logout'>
  /** Confirms the identity of the user. The session becomes fresh and keeps its id. */
  readonly reauthenticate: BodyCall<'POST /reauthenticate'>
  /** Describes the service and its features. */
  readonly metadata: Call<'GET '>

  readonly access: {
    /** Lists everything that opens your account: sessions, access tokens, ... `next` is the `before` of the next page. */
    readonly list: QueryCall<'GET /access'>
    /** Revokes all of it except the current session. */
    readonly revokeOthers: Call<'DELETE /access'>
  }

  readonly login: {
    /** Lists the open steps of the login in progress. */
    readonly attempt: Call<'GET /login/attempt'>
    /** Continues a login with a code of the authenticator app. */
    readonly totp: BodyCall<'POST /login/totp'>
    /** Continues a login with a recovery code. */
    readonly recoveryCode: BodyCall<'POST /login/recovery-code'>
    /**
     * Recovers an account whose second factors are lost: the first call starts a wait of 72 hours, a call at a later login completes it.
     */
    readonly recovery: Call<'POST /login/recovery'>
    /** Begins a login by email: sends a code and a link. The answer is the same for every address. */
    readonly email: BodyCall<'POST /login/email'>
    /** Continues a login with the code or the token of the email, in the browser that asked. */
    readonly confirmEmail: BodyCall<'POST /login/email/confirm'>
    /** Logs in with an ID token that the SDK of a provider gave, such as Google One Tap. */
    readonly withIdToken: IdBodyCall<'POST /login/with/{provider}'>
  }

  readonly reauthenticateWith: {
    /** Confirms the identity of the user with a code of the authenticator app. The session becomes fresh. */
    readonly totp: BodyCall<'POST /reauthenticate/totp'>
    /** Sends the user a code and a link that confirm their identity. */
    readonly email: Call<'POST /reauthenticate/email'>
    /** Confirms the identity of the user with the code or the token of the email. The session becomes fresh. */
    readonly confirmEmail: BodyCall<'POST /reauthenticate/email/confirm'>
    /** Begins to confirm the identity with a linked provider. Send the browser to `location`. */
    readonly provider: IdQueryCall<'POST /reauthenticate/with/{provider}'>
  }

  readonly identities: {
    /** Lists the accounts at providers that open your account. */
    readonly list: Call<'GET /identities'>
    /** Begins to link a provider. Send the browser to `location`. Requires a fresh session. */
    readonly link: IdQueryCall<'POST /identities/{id}'>
    /** Unlinks a provider. Requires a fresh session. */
    readonly unlink: IdCall<'DELETE /identities/{id}'>
  }

  readonly factors: {
    /** Lists the factors of the user, without their secrets. */
    readonly list: Call<'GET /factors'>
    /** Removes a remembered device: its next login asks for a second factor. */
    readonly forgetDevice: IdCall<'DELETE /factors/remembered-devices/{id}'>
  }

  readonly totp: {
    /** Starts to set up an authenticator app. Requires a fresh session. */
    readonly create: Call<'POST /totp'>
    /** Puts the authenticator app in force with a first code. Only this answer has the recovery codes. */
    readonly confirm: BodyCall<'POST /totp/confirm'>
    /** Removes the authenticator app, with the recovery codes and remembered devices. Requires a fresh session. */
    readonly remove: Call<'DELETE /totp'>
  }

  readonly passkeys: PasskeyMembers

  readonly recoveryCodes: {
    /** Creates recovery codes in place of the existing ones. Requires a fresh session. */
    readonly create: Call<'POST /recovery-codes'>
  }

  readonly recovery: {
    /** Returns the recovery, or the removal of a factor by an administrator, that waits. */
    readonly get: Call<'GET /recovery'>
    /** Cancels it: the second factors stay. */
    readonly cancel: Call<'DELETE /recovery'>
  }

  readonly sessions: {
    /** Lists your sessions, most recently used first, and marks the current one. `next` is the `before` of the next page. */
    readonly list: QueryCall<'GET /sessions'>
    /** Revokes one of your sessions. */
    readonly revoke: IdCall<'DELETE /sessions/{id}'>
    /** Revokes all your sessions except the current one. */
    readonly revokeOthers: Call<'DELETE /sessions'>
  }

  readonly tokens: {
    /** Creates an access token. Only this answer has its secret. Requires a fresh session. */
    readonly create: BodyCall<'POST /tokens'>
    /** Lists your access tokens, newest first, without their secrets. `next` is the `before` of the next page. */
    readonly list: QueryCall<'GET /tokens'>
    /** Revokes an access token. */
    readonly revoke: IdCall<'DELETE /tokens/{id}'>
  }

  readonly grants: {
    /** Lists what you allowed apps to do, newest first. */
    readonly list: Call<'GET /grants'>
    /** Revokes what you allowed an app to do. */
    readonly revoke: IdCall<'DELETE /grants/{id}'>
  }

  readonly consent: {
    /** Reads what an app asks for. */
    readonly get: QueryCall<'GET /oauth/consent'>
    /** Allows or denies what an app asks for. Open the `location` of the answer. */
    readonly decide: BodyCall<'POST /oauth/consent'>
  }

  readonly device: {
    /** Reads what a device asks for, by the code that it shows. */
    readonly get: QueryCall<'GET /device'>
    /** Allows or denies what a device asks for. */
    readonly decide: BodyCall<'POST /device'>
  }

  readonly user: {
    /** Reads the account. */
    readonly get: Call<'GET /user'>
    /** Changes or removes the name. */
    readonly rename: BodyCall<'PATCH /user'>
    /** Deletes your account and everything that belongs to it. */
    readonly delete: Call<'DELETE /user'>
    /** Returns everything that is stored about your account. */
    readonly export: Call<'GET /user/export'>
    /** Lists the events of your account, newest first. `next` is the `before` of the next page. */
    readonly events: QueryCall<'GET /user/events'>
  }

  readonly password: {
    /** Changes your password and revokes all other sessions. */
    readonly change: BodyCall<'POST /password/change'>
    /** Requests an email with a reset link. The answer is the same for every address. */
    readonly forgot: BodyCall<'POST /password/forgot'>
    /** Sets a new password with the token of the email and revokes all sessions. */
    readonly reset: BodyCall<'POST /password/reset'>
  }

  readonly email: {
    /** Requests an email with a link that verifies your email address. */
    readonly requestVerification: Call<'POST /email/verify/request'>
    /** Verifies an email address with the token of the email. */
    readonly verify: BodyCall<'POST /email/verify'>
    /** Requests another email address. It changes when the emailed link is confirmed. */
    readonly change: BodyCall<'POST /email/change'>
    /** Changes the email address with the token of the email. */
    readonly confirmChange: BodyCall<'POST /email/change/confirm'>
    /** Undoes a change of the email address with the token of the notice. */
    readonly undoChange: BodyCall<'POST /email/change/undo'>
  }
}
