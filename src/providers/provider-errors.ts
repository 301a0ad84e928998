import { Refusal } from '../kernel/refusal.ts'
import type { Provider } from './provider.ts'
import { PROVIDER_REFUSALS } from './refusals.ts'

/** Codes of errors that say that an answer is wrong, and not that the provider is down (oauth4webapi). */
const WRONG_ANSWER: ReadonlySet<unknown> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
  'OAUTH_PARSE_ERROR',
])
/** Errors of a provider that is down or set up wrongly (RFC 6749 sections 4.1.2.1 and 5.2; the last three are GitHub's). */
const PROVIDER_FAULT: ReadonlySet<unknown> = new Set([
  'server_error',
  'temporarily_unavailable',
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
  'invalid_scope',
  'incorrect_client_credentials',
  'redirect_uri_mismatch',
  'application_suspended',
])
const MAX_REASON_LENGTH = 200

/** Returns the refusal of an answer that does not belong to this browser, was used, or is not valid. */
export function providerRefused(reason: string, cause?: unknown): Refusal {
  return new Refusal(PROVIDER_REFUSALS.provider_refused, { reason, cause })
}

/** Returns the refusal of a provider that does not answer properly. */
export function providerUnavailable(cause: unknown): Refusal {
  return new Refusal(PROVIDER_REFUSALS.provider_unavailable, { reason: describe(cause), retryAfterSeconds: 30, cause })
}

/** Turns an error of `openid-client` into a refusal. The text of the provider is never shown: it can be any text. */
export function toProviderRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const { name, code, error: said } = error as ErrorOfLibrary
  if (PROVIDER_FAULT.has(said)) return providerUnavailable(error)
  if (name === 'AuthorizationResponseError') {
    return new Refusal(PROVIDER_REFUSALS.provider_denied, { reason: describe(error), cause: error })
  }
  const isWrongAnswer = name === 'ResponseBodyError' || WRONG_ANSWER.has(code)
  return isWrongAnswer ? providerRefused(describe(error), error) : providerUnavailable(error)
}

/**
 * Returns what the operator should know about a refused login: the provider is down, set up wrongly, or signs what is not valid
 * here. Null if the user, or anyone else with a browser, is the cause. It has only texts, because the error of the library
 * contains tokens and claims.
 */
export function findProviderProblem({ id }: Provider, { code, cause, reason }: Refusal): Error | null {
  const isUnavailable = code === PROVIDER_REFUSALS.provider_unavailable.code
  const isWrong = code === PROVIDER_REFUSALS.provider_refused.code && WRONG_ANSWER.has((cause as ErrorOfLibrary)?.code)
  if (!isUnavailable && !isWrong) return null
  const texts = [...new Set(cause === undefined ? [reason] : reasonsOf(cause))].join(': ')
  return new Error(`A login with the provider "${id}" failed: ${texts}`)
}

interface ErrorOfLibrary {
  readonly name?: unknown
  readonly code?: unknown
  readonly error?: unknown
  readonly error_description?: unknown
}

/** Returns the texts of an error and its causes. The texts of an answer count only if the provider itself gave it. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const { name, code, error: said, error_description: description } = error as ErrorOfLibrary
  const isDescribed = name === 'ResponseBodyError' && typeof description === 'string'
  const texts = [
    error.message || String(code), // several addresses that refuse a connection have no message
    ...(PROVIDER_FAULT.has(said) ? [String(said)] : []),
    ...(isDescribed ? [description] : []),
  ]
  return [...texts.filter((text) => text !== '').map(shorten), ...reasonsOf(error.cause)]
}

function describe(error: unknown): string {
  return error instanceof Error ? shorten(error.message) : 'unknown error'
}

function shorten(text: string): string {
  return text.replaceAll(/\p{C}+/gu, ' ').slice(0, MAX_REASON_LENGTH)
}
