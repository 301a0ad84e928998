import { Refusal } from '../kernel/refusal.ts'
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
/** Errors of a provider that is down or set up wrongly (RFC 6749 sections 4.1.2.1 and 5.2). */
const PROVIDER_FAULT: ReadonlySet<unknown> = new Set([
  'server_error',
  'temporarily_unavailable',
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
  'invalid_scope',
])

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
  const { name, code, error: said } = error as { name?: unknown; code?: unknown; error?: unknown }
  if (PROVIDER_FAULT.has(said)) return providerUnavailable(error)
  if (name === 'AuthorizationResponseError') {
    return new Refusal(PROVIDER_REFUSALS.provider_denied, { reason: describe(error), cause: error })
  }
  const isWrongAnswer = name === 'ResponseBodyError' || WRONG_ANSWER.has(code)
  return isWrongAnswer ? providerRefused(describe(error), error) : providerUnavailable(error)
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown error'
}
