/** One entry of the catalogue: what a client may be told, and what its developer should do about it. */
export interface CatalogueEntry {
  /** HTTP status. */
  readonly status: number
  /** Short name for people (RFC 9457 `title`). */
  readonly title: string
  /** When it happens. */
  readonly when: string
  /** What to do next. */
  readonly next: string
}

/**
 * Every refusal there is. The problem pages, `docs/problems.md` and the OpenAPI document come from it;
 * `http/problems.test.ts` holds them together.
 */
export const CATALOGUE = {
  bad_request: {
    status: 400,
    title: 'Bad request',
    when: 'The request line or a header cannot be understood: a malformed percent escape, or a header that may stand once came twice.',
    next: 'Correct the URL or the headers; sending the same request again gives the same answer.',
  },
  malformed_body: {
    status: 400,
    title: 'Malformed body',
    when: 'The body is not what its type says: invalid UTF-8, a byte-order mark, JSON that does not parse, or the same member twice.',
    next: 'Send one JSON object in UTF-8, each member once.',
  },
  two_credentials: {
    status: 400,
    title: 'Two credentials',
    when: 'The request carries our cookie and an `Authorization: Bearer` header. Which one acts would be a guess.',
    next: 'Send one of them.',
  },
  invalid_credentials: {
    status: 401,
    title: 'Invalid credentials',
    when: 'The email and the password do not belong together, or the account may not log in. Which of these is never told.',
    next: 'Ask the person to check both and to try again.',
  },
  unauthenticated: {
    status: 401,
    title: 'Not logged in',
    when: 'There is no session cookie, or its session has ended: logged out, revoked, expired, or its user is gone.',
    next: 'Log in with POST /auth/login. A dead cookie was cleared by this answer.',
  },
  invalid_token: {
    status: 401,
    title: 'Invalid token',
    when: 'The token in the `Authorization` header is malformed, unknown, revoked or expired (RFC 6750 section 3.1).',
    next: 'Make a new access token with POST /auth/tokens; an app without cookies logs in again.',
  },
  cookie_required: {
    status: 403,
    title: 'Browsers use the cookie',
    when: 'A browser (`Origin` or `Sec-Fetch-*` came along) asked for a session in a header, or sent one: a page could read it, and so could whoever runs script in the page.',
    next: 'In browsers log in without `Latchkey-Session`: the HttpOnly cookie comes and goes by itself.',
  },
  cross_origin: {
    status: 403,
    title: 'Cross-origin request refused',
    when: 'A browser sent a state-changing request for a page of another origin. The detail names the header that told so.',
    next: 'Call from a page on the base URL, or add the page’s origin to trustedOrigins.',
  },
  insufficient_scope: {
    status: 403,
    title: 'Insufficient scope',
    when: 'The credential is good, but was not given every scope that the action asks for (RFC 6750 section 3.1).',
    next: 'Use a credential that has the scopes. A session has all of them.',
  },
  reauthentication_required: {
    status: 403,
    title: 'Prove yourself again',
    when: 'The action is dangerous and the last proof of identity is older than the freshness limit (10 minutes by default).',
    next: 'POST /auth/reauthenticate with the password, then repeat the request.',
  },
  email_not_verified: {
    status: 403,
    title: 'Email not verified',
    when: 'Email and password are right, but this service asks for a verified address first. A mail with a link is on its way.',
    next: 'Open the link in the mail, then log in.',
  },
  proof_required: {
    status: 403,
    title: 'Proof required',
    when: 'The link is good, but does not come from a session of its account: whoever opens it has to show that the account is theirs.',
    next: 'Send the token again with the `password` of the account, or with a `newPassword`, which replaces it.',
  },
  registration_closed: {
    status: 403,
    title: 'Registration is closed',
    when: 'This service takes no registrations from outside.',
    next: 'Ask whoever runs the service for an account.',
  },
  wrong_password: {
    status: 403,
    title: 'Wrong password',
    when: 'The current password that a logged-in person typed is wrong. The session goes on.',
    next: 'Ask for the password again.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    when: 'There is no such route, or no such thing that belongs to you.',
    next: 'Check the path and the id; GET /auth/openapi.json lists every route.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    when: 'The path exists, the method does not. The Allow header lists those that do.',
    next: 'Use a method of the Allow header.',
  },
  token_invalid: {
    status: 410,
    title: 'Link not valid',
    when: 'The token of a mailed link was used, has expired, was altered, or is for something else. Which of these is never told.',
    next: 'Ask for a new link.',
  },
  request_timeout: {
    status: 408,
    title: 'Request timeout',
    when: 'The request was not complete in time: 10 seconds for the headers, 30 for all of it.',
    next: 'Send it again, faster.',
  },
  too_many_tokens: {
    status: 409,
    title: 'Too many access tokens',
    when: 'The user has as many access tokens as the settings allow.',
    next: 'Revoke one that is not used any more: GET /auth/tokens tells when each was.',
  },
  email_taken: {
    status: 409,
    title: 'Email already registered',
    when: 'An account with this email address exists.',
    next: 'Log in, or register with another address.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    when: 'The body is larger than 16 KiB.',
    next: 'Send less: no route needs more.',
  },
  expectation_failed: {
    status: 417,
    title: 'Expectation failed',
    when: 'The Expect header asks for something else than `100-continue`.',
    next: 'Leave the Expect header out.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    when: 'The body is not `application/json` in UTF-8, or is compressed.',
    next: 'Send `Content-Type: application/json` and no Content-Encoding.',
  },
  validation_failed: {
    status: 422,
    title: 'Validation failed',
    when: 'The body is JSON, but a member is missing, unknown, of the wrong type or not acceptable. `errors` has one entry per problem.',
    next: 'Correct the members that `errors` points at.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many tries',
    when: 'There were too many tries for this account, or from this network. Nothing was checked, and the try does not count.',
    next: 'Try again after the seconds in Retry-After; sooner gives the same answer.',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    when: 'The header lines together are larger than 16 KiB, or more than 100.',
    next: 'Send fewer or smaller cookies and headers.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    when: 'A bug. Nothing about it is told outside; the log has it under the request id.',
    next: 'Tell whoever runs the service the request id of the answer.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    when: 'More passwords are waiting to be checked than the queue takes.',
    next: 'Try again after the seconds in Retry-After.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    when: 'The database did not answer in time, or the process is shutting down.',
    next: 'Try again after the seconds in Retry-After.',
  },
} as const satisfies Record<string, CatalogueEntry>

/** The stable codes of all refusals. */
export type RefusalCode = keyof typeof CATALOGUE
