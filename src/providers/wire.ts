import { defineCalls, json } from '../kernel/define-calls.ts'
import type { StepRequiredJson } from '../login/wire.ts'
import type { CompleteJson } from '../sessions/wire.ts'

/** An account at a provider that is linked to the user. */
export interface IdentityJson {
  readonly id: string
  /** The id of the provider, such as `google`. Clients must accept words that they do not know. */
  readonly provider: string
  /** The name of the provider: `Google`. */
  readonly name: string
  /** The email address that the provider reported, or null. */
  readonly email: string | null
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

/** The part of identities in `GET /user/export`. */
export interface IdentityExportJson {
  readonly identities: readonly (IdentityJson & { readonly issuer: string; readonly subject: string })[]
}

/** An ID token that an app got from the SDK of a provider. */
export interface IdTokenBody {
  readonly idToken: string
  /** The nonce that the app chose, raw: the SDK may have sent its SHA-256. */
  readonly nonce: string
  /** True: the session survives the restart of the app. */
  readonly remember?: boolean | undefined
  /** Token of an invitation, if the service requires one. */
  readonly invitation?: string | undefined
}

/** Where the browser goes to log in at the provider. */
export interface ProviderLocationJson {
  readonly location: string
}

/** A registration that waits until the user opens the link in the email. */
export interface VerificationPendingJson {
  readonly status: 'verification_required'
}

/** The query of calls that lead to a provider and back. */
interface NextQuery {
  /** Where the browser goes at the end: a path, or a URL of a trusted origin. */
  readonly next?: string | undefined
}

/** The calls that link providers and log in with them. */
export const providerCalls = defineCalls({
  'POST /login/with/{provider}': {
    name: 'login.withIdToken',
    access: 'anyone',
    body: json<IdTokenBody>(),
    answer: json<CompleteJson | StepRequiredJson | VerificationPendingJson>(),
    refusals: [
      'provider_refused',
      'provider_unavailable',
      'provider_without_email',
      'link_required',
      'registration_closed',
      'token_invalid',
      'email_not_verified',
      'invalid_credentials',
      'too_many_requests',
    ],
  },
  'GET /identities': {
    name: 'identities.list',
    access: 'session',
    answer: json<{ readonly identities: readonly IdentityJson[] }>(),
  },
  'POST /identities/{id}': {
    name: 'identities.link',
    access: 'fresh_session',
    query: json<NextQuery>(),
    answer: json<ProviderLocationJson>(),
    refusals: ['provider_unavailable', 'too_many_requests'],
  },
  'DELETE /identities/{id}': {
    name: 'identities.unlink',
    access: 'fresh_session',
    answer: null,
    refusals: ['last_credential'],
  },
  'POST /reauthenticate/with/{provider}': {
    name: 'reauthenticateWith.provider',
    access: 'session',
    query: json<NextQuery>(),
    answer: json<ProviderLocationJson>(),
    refusals: ['provider_cannot_confirm', 'provider_unavailable', 'second_factor_required'],
  },
})
