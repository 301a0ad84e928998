import { defineCalls, json } from '../kernel/define-calls.ts'
import type { NextPageJson, PageQuery } from '../kernel/page-json.ts'

/** An access token, without its secret. */
export interface AccessTokenJson {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  /** The last four characters of the token, so that users recognize it. */
  readonly lastFour: string
  readonly createdAt: string
  /** Null: the token never expires. */
  readonly expiresAt: string | null
  /** Accurate to a minute. Null: the token was never used. */
  readonly lastUsedAt: string | null
}

/** Body of `POST /tokens`. */
export interface CreateAccessTokenBody {
  readonly name: string
  readonly scopes: readonly string[]
  /** Default: the setting of the service, 90 days from now. Null: the token never expires, if the service allows that. */
  readonly expiresAt?: string | null | undefined
}

/** A new access token. */
export interface IssuedAccessTokenJson {
  /** The secret. It is shown only once. */
  readonly token: string
  readonly accessToken: AccessTokenJson
}

/** A page of your access tokens, newest first. */
export interface AccessTokensJson extends NextPageJson {
  readonly tokens: readonly AccessTokenJson[]
}

/** The part of access tokens in `GET /user/export`. */
export interface AccessTokenExportJson {
  readonly accessTokens: readonly AccessTokenJson[]
}

/** The calls that create, list and revoke access tokens. */
export const accessTokenCalls = defineCalls({
  'POST /tokens': {
    name: 'tokens.create',
    access: 'fresh_session',
    body: json<CreateAccessTokenBody>(),
    answer: json<IssuedAccessTokenJson>(),
    refusals: ['too_many_tokens', 'too_many_requests'],
  },
  'GET /tokens': {
    name: 'tokens.list',
    access: 'session',
    query: json<PageQuery>(),
    answer: json<AccessTokensJson>(),
    refusals: ['bad_request'],
  },
  'DELETE /tokens/{id}': { name: 'tokens.revoke', access: 'session', answer: null },
})
