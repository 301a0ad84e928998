import { defineRefusals } from './refusal-entry.ts'

/**
 * The refusals of HTTP, and the refusals that the routes of several rooms share. Each room states its own in its `refusals.ts`;
 * `catalogue/refusals.ts` has all of them.
 */
export const KERNEL_REFUSALS = defineRefusals({
  bad_request: {
    status: 400,
    title: 'Bad request',
    when: 'The request line or a header is malformed: it has an invalid percent escape, or a header that may be sent once was sent twice.',
    next: 'Correct the URL or the headers. The same request gets the same answer again.',
  },
  malformed_body: {
    status: 400,
    title: 'Malformed body',
    when: 'The body does not match its type: it has invalid UTF-8, a byte-order mark, invalid JSON, or the same member twice.',
    next: 'Send one JSON object in UTF-8, with each member once.',
  },
  two_credentials: {
    status: 400,
    title: 'Two credentials',
    when: 'The request has both a session cookie and an `Authorization: Bearer` header. It is ambiguous which one applies.',
    next: 'Send only one of them.',
  },
  unauthenticated: {
    status: 401,
    title: 'Not logged in',
    when: 'The request has no session cookie, or the session has ended: the user logged out, the session was revoked or expired, or the account was deleted.',
    next: 'Log in with POST /auth/login. This answer clears a session cookie that is not valid anymore.',
  },
  invalid_token: {
    status: 401,
    title: 'Invalid token',
    when: 'The token in the `Authorization` header is malformed, unknown, revoked or expired (RFC 6750 section 3.1).',
    next: 'Create a new access token with POST /auth/tokens. An app without cookies logs in again.',
  },
  cookie_required: {
    status: 403,
    title: 'Session cookie required',
    when: 'A browser (the request has `Origin` or `Sec-Fetch-*` headers) asked for a session in a header, or sent one. Scripts in the page could read such a session.',
    next: 'In browsers, log in without the `Latchkey-Session` header. The browser keeps and sends the HttpOnly cookie by itself.',
  },
  cross_origin: {
    status: 403,
    title: 'Cross-origin request refused',
    when: 'A browser sent a state-changing request from a page of another origin. The detail names the header that shows it.',
    next: 'Send the request from a page on the base URL, or add the origin of the page to trustedOrigins.',
  },
  misdirected: {
    status: 421,
    title: 'Wrong origin',
    when: 'A browser sent the request to another origin than the base URL of the service. The detail names the header that shows it.',
    next: 'Operators: set baseUrl (LATCHKEY_BASE_URL) to the origin that browsers see, or correct the proxy.',
  },
  insufficient_scope: {
    status: 403,
    title: 'Insufficient scope',
    when: 'The credential is valid, but it does not have every scope that the action requires (RFC 6750 section 3.1).',
    next: 'Use a credential that has the scopes. A session has all scopes.',
  },
  reauthentication_required: {
    status: 403,
    title: 'Confirm your identity',
    when: 'The action requires a recent proof of identity, and the last one is older than the freshness limit (10 minutes by default).',
    next: 'POST /auth/reauthenticate with the password, then repeat the request.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    when: 'The route does not exist, or you do not own anything with this id.',
    next: 'Check the path and the id. GET /auth/openapi.json lists every route.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    when: 'The path exists, but it does not take this method. The Allow header lists the methods that it takes.',
    next: 'Use a method of the Allow header.',
  },
  request_timeout: {
    status: 408,
    title: 'Request timeout',
    when: 'The request did not arrive in time: the limit is 10 seconds for the headers and 30 seconds for the whole request.',
    next: 'Retry; the whole request must arrive within 30 seconds.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    when: 'The body is larger than 16 KiB.',
    next: 'Send a smaller body. No route needs more than 16 KiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    when: 'The body is not `application/json` in UTF-8, or it is compressed.',
    next: 'Send `Content-Type: application/json` and no Content-Encoding header.',
  },
  expectation_failed: {
    status: 417,
    title: 'Expectation failed',
    when: 'The Expect header has another value than `100-continue`.',
    next: 'Remove the Expect header.',
  },
  validation_failed: {
    status: 422,
    title: 'Validation failed',
    when: 'The body is valid JSON, but a member is missing, unknown, of the wrong type or not acceptable. `errors` has one entry per problem.',
    next: 'Correct the members that `errors` points to.',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    when: 'The headers are larger than 16 KiB in total, or there are more than 100.',
    next: 'Send fewer or smaller cookies and headers.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    when: 'The service failed because of a bug. Only its log has the details, under the request id.',
    next: 'Send the request id of the answer (the X-Request-Id header) to the operator of the service.',
  },
  unsupported_transfer_coding: {
    status: 501,
    title: 'Unsupported transfer coding',
    when: 'The Transfer-Encoding header has another value than `chunked`.',
    next: 'Send the body uncompressed, with Content-Length or with Transfer-Encoding: chunked.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    when: 'The queue of passwords to hash is full.',
    next: 'Retry after the number of seconds in Retry-After.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    when: 'The database did not answer in time, or the service is shutting down.',
    next: 'Retry after the number of seconds in Retry-After.',
  },
})

/** The codes of `KERNEL_REFUSALS`. */
export type KernelRefusalCode = keyof typeof KERNEL_REFUSALS
