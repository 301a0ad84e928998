/*
 * What goes over the wire, as plain interfaces (DESIGN section 3). Routes are checked against them, the client is made of
 * them, and test/client/wire.test.ts holds them to the OpenAPI document. Times are ISO 8601 UTC, ids UUIDs.
 */
import type { FieldError } from './refusal.ts'

/** A person's account. */
export interface UserJson {
  readonly id: string
  /** Local part in lower case, domain as A-labels. */
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string | null
  readonly createdAt: string
}

/** Where a request came from, as far as that is known. */
export interface DeviceJson {
  readonly ip: string | null
  readonly userAgent: string | null
  /** For people: `Firefox on Linux`. */
  readonly label: string
}

/** A session. It has no token: that is nowhere but in the cookie. */
export interface SessionJson {
  readonly id: string
  readonly createdAt: string
  /** Good to a minute. */
  readonly lastSeenAt: string
  /** The absolute limit. */
  readonly expiresAt: string
  /** The idle limit; moves on with use. */
  readonly idleExpiresAt: string
  /** The last proof of identity. */
  readonly authenticatedAt: string
  /** In the order proven. Clients must accept words that they do not know. */
  readonly methods: readonly string[]
  /** True for the session that asks. */
  readonly current: boolean
  readonly device: DeviceJson
}

/** Who is logged in, and how. */
export interface LoginJson {
  readonly user: UserJson
  readonly session: SessionJson
}

/** A login or registration that is done. */
export interface CompleteJson extends LoginJson {
  readonly status: 'complete'
}

/** An open step of a login. */
export interface StepJson {
  /** A method such as `totp` or `passkey`. Clients ignore the ones that they do not know. */
  readonly method: string
}

/** A login in progress. */
export interface LoginAttemptJson {
  /** The open steps; any one of them goes on. */
  readonly steps: readonly StepJson[]
  readonly expiresAt: string
}

/** A login that asks for another proof. There is no session yet. */
export interface StepRequiredJson extends LoginAttemptJson {
  readonly status: 'step_required'
}

/** A registration that waits for the link in the mail. */
export interface VerificationRequiredJson {
  readonly status: 'verification_required'
}

/** What the service is and offers. */
export interface MetadataJson {
  readonly version: string
  readonly cookieName: string
  readonly features: readonly string[]
  readonly links: Readonly<Record<string, string>>
}

/** An event in an export, which has those as well that people are not shown. */
export interface ExportedEventJson {
  readonly id: string
  readonly type: string
  readonly at: string
  /** The session that it is about. */
  readonly sessionId?: string | undefined
  /** Null: no request did it, but the service itself. */
  readonly device: DeviceJson | null
  /** True: from a session of yours. False: by the service. Absent: nobody was logged in. */
  readonly byYou?: boolean | undefined
}

/** An event about your account. `catalogue/events.ts` has its types. */
export interface UserEventJson<Type extends string = string> extends ExportedEventJson {
  readonly type: Type
}

/** An access token, without its secret. */
export interface AccessTokenJson {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  /** The last four characters of the token, by which people know it again. */
  readonly lastFour: string
  readonly createdAt: string
  /** Null: never. */
  readonly expiresAt: string | null
  /** Good to a minute. Null: not yet. */
  readonly lastUsedAt: string | null
}

/** A new access token; its secret is shown this once. */
export interface IssuedAccessTokenJson {
  readonly token: string
  readonly accessToken: AccessTokenJson
}

/** A mailed link that was not used yet. */
export interface PendingLinkJson {
  readonly purpose: string
  readonly email: string | null
  readonly createdAt: string
  readonly expiresAt: string
}

/** All that is stored about a user, but what proves them. */
export interface UserExportJson {
  readonly exportedAt: string
  readonly user: UserJson
  readonly password: { readonly changedAt: string } | null
  readonly sessions: readonly SessionJson[]
  readonly accessTokens: readonly AccessTokenJson[]
  readonly pendingLinks: readonly PendingLinkJson[]
  readonly mailsWaiting: number
  readonly events: readonly ExportedEventJson[]
}

/** Body of every refusal: `application/problem+json` (RFC 9457). */
export interface ProblemJson {
  /** A URL that answers with the documentation of the code. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  /** What is wrong with the body, one entry per problem. */
  readonly errors?: readonly FieldError[]
}
