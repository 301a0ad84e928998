/*
 * The JSON routes: what goes in, what comes out, and which refusals there may be. `defineRoute` holds the server to it,
 * `client/` is made of it.
 */
import type {
  AccessTokenJson,
  CompleteJson,
  IssuedAccessTokenJson,
  LoginAttemptJson,
  LoginJson,
  MetadataJson,
  SessionJson,
  StepRequiredJson,
  UserEventJson,
  UserExportJson,
  UserJson,
  VerificationRequiredJson,
} from './wire.ts'

/** What routes may refuse with that change something. */
type Unsafe = 'two_credentials' | 'cross_origin' | 'unavailable'
/** Those that read a body. */
type WithBody = Unsafe | 'malformed_body' | 'body_too_large' | 'unsupported_media_type' | 'validation_failed'
/** Those that are for whoever has a session or an access token. */
type WithUser = 'two_credentials' | 'cookie_required' | 'unauthenticated' | 'invalid_token' | 'unavailable'
/** Those that are for whoever has a session. */
type WithSession = WithUser | 'insufficient_scope'
/** Those that check or make a password, as often as the limits allow. */
type WithPassword = 'too_many_requests' | 'overloaded'

/** Body of `POST /register`. */
export interface RegisterBody {
  readonly email: string
  readonly password: string
  readonly name?: string | undefined
  /** Token of an invitation, where registration is by invitation. */
  readonly invitation?: string | undefined
}

/** Body of `POST /login`. */
export interface LogInBody {
  readonly email: string
  readonly password: string
  /** The session outlives the browser. */
  readonly remember?: boolean | undefined
}

/** Body of `POST /password/change`. */
export interface ChangePasswordBody {
  readonly currentPassword: string
  readonly newPassword: string
}

/** Body of `POST /password/reset`. */
export interface ResetPasswordBody {
  readonly token: string
  readonly password: string
}

/** Body of `POST /email/verify`: from no session of the account, one of the passwords as well. */
export interface VerifyEmailBody {
  readonly token: string
  readonly password?: string | undefined
  readonly newPassword?: string | undefined
}

/** Body of `POST /tokens`. */
export interface CreateAccessTokenBody {
  readonly name: string
  readonly scopes: readonly string[]
  /** Default: 90 days from now, or what the service says. Null: never, where it allows that. */
  readonly expiresAt?: string | null | undefined
}

/**
 * The routes by method and path. `body` and `query` are absent where there is none; `answer` is null where it is empty.
 * `EventType`: the types of the events that users see; the client fills it in from `catalogue/events.ts`.
 */
export interface WireRoutes<EventType extends string = string> {
  'GET ': {
    readonly answer: MetadataJson
    readonly refusal: 'two_credentials'
  }
  'POST /register': {
    readonly body: RegisterBody
    readonly answer: CompleteJson | VerificationRequiredJson
    readonly refusal: WithBody | WithPassword | 'registration_closed' | 'email_taken' | 'token_invalid'
  }
  'POST /login': {
    readonly body: LogInBody
    readonly answer: CompleteJson | StepRequiredJson
    readonly refusal: WithBody | WithPassword | 'invalid_credentials' | 'email_not_verified'
  }
  'GET /login/attempt': {
    readonly answer: LoginAttemptJson
    readonly refusal: 'two_credentials' | 'attempt_ended'
  }
  'POST /logout': {
    readonly answer: null
    readonly refusal: Unsafe
  }
  'POST /reauthenticate': {
    readonly body: { readonly password: string }
    readonly answer: { readonly session: SessionJson }
    readonly refusal: WithBody | WithSession | WithPassword | 'wrong_password'
  }
  'GET /session': {
    readonly answer: LoginJson
    readonly refusal: WithSession
  }
  'GET /sessions': {
    readonly answer: { readonly sessions: readonly SessionJson[] }
    readonly refusal: WithSession
  }
  'DELETE /sessions/{id}': {
    readonly answer: null
    readonly refusal: Unsafe | WithSession | 'not_found'
  }
  'DELETE /sessions': {
    readonly answer: { readonly revoked: number }
    readonly refusal: Unsafe | WithSession
  }
  'GET /user': {
    readonly answer: { readonly user: UserJson }
    readonly refusal: WithUser
  }
  'PATCH /user': {
    readonly body: { readonly name: string | null }
    readonly answer: { readonly user: UserJson }
    readonly refusal: WithBody | WithSession
  }
  'DELETE /user': {
    readonly answer: null
    readonly refusal: Unsafe | WithSession | 'reauthentication_required'
  }
  'GET /user/export': {
    readonly answer: UserExportJson
    readonly refusal: WithSession
  }
  'GET /user/events': {
    /** `before`: the id of an event; gives those before it. */
    readonly query: { readonly before?: string | undefined }
    readonly answer: { readonly events: readonly UserEventJson<EventType>[] }
    readonly refusal: WithSession | 'bad_request'
  }
  'GET /verify': {
    /** `scope` may stand more than once: all of them are asked for. `redirect`: `login`. */
    readonly query: {
      readonly scope?: string | undefined
      readonly audience?: string | undefined
      readonly redirect?: string | undefined
    }
    readonly answer: null
    readonly refusal: WithUser | 'bad_request' | 'cross_origin' | 'insufficient_scope'
  }
  'POST /tokens': {
    readonly body: CreateAccessTokenBody
    readonly answer: IssuedAccessTokenJson
    readonly refusal: WithBody | WithSession | 'reauthentication_required' | 'too_many_tokens'
  }
  'GET /tokens': {
    readonly answer: { readonly tokens: readonly AccessTokenJson[] }
    readonly refusal: WithSession
  }
  'DELETE /tokens/{id}': {
    readonly answer: null
    readonly refusal: Unsafe | WithSession | 'not_found'
  }
  'POST /password/change': {
    readonly body: ChangePasswordBody
    readonly answer: { readonly session: SessionJson }
    readonly refusal: WithBody | WithSession | WithPassword | 'wrong_password'
  }
  'POST /password/forgot': {
    readonly body: { readonly email: string }
    readonly answer: null
    readonly refusal: WithBody | 'too_many_requests'
  }
  'POST /password/reset': {
    readonly body: ResetPasswordBody
    readonly answer: null
    readonly refusal: WithBody | 'token_invalid' | 'overloaded'
  }
  'POST /email/verify/request': {
    readonly answer: null
    readonly refusal: Unsafe | WithSession | 'too_many_requests'
  }
  'POST /email/verify': {
    readonly body: VerifyEmailBody
    readonly answer: null
    readonly refusal: WithBody | WithPassword | 'token_invalid' | 'proof_required' | 'wrong_password'
  }
  'POST /email/change': {
    readonly body: { readonly email: string }
    readonly answer: null
    readonly refusal: WithBody | WithSession | 'reauthentication_required' | 'too_many_requests'
  }
  'POST /email/change/confirm': {
    readonly body: { readonly token: string }
    readonly answer: null
    readonly refusal: WithBody | 'token_invalid' | 'email_taken'
  }
  'POST /email/change/undo': {
    readonly body: { readonly token: string }
    readonly answer: null
    readonly refusal: WithBody | 'token_invalid' | 'email_taken'
  }
}
