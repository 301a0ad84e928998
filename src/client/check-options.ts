import type { CallOptions } from './calls.ts'
import { checkMembers, hasReadableMembers, type MemberChecks } from './check-members.ts'
import type { ClientOptions } from './send.ts'

/** A longer wait is not a retry. */
const MAX_WAIT_SECONDS = 3_600

const OPTIONS: MemberChecks<ClientOptions> = {
  baseUrl: {
    isRight: (value) => value === '' || (typeof value === 'string' && /^https?:\/\/[^/?#]/.test(value)),
    right: 'the origin of the service, such as https://id.example.com',
  },
  basePath: {
    isRight: (value) => typeof value === 'string' && /^(?:\/[a-z0-9-]+)+$/.test(value),
    right: 'a path such as /auth, without a slash at the end',
  },
  fetch: { isRight: (value) => typeof value === 'function', right: 'a function such as fetch' },
  headers: {
    isRight: (value) => hasReadableMembers(value) && Object.values(value).every((each) => typeof each === 'string'),
    right: 'an object with texts: { cookie }',
  },
  credentials: {
    isRight: (value) => value === 'same-origin' || value === 'include',
    right: 'same-origin or include',
  },
  maxRetries: { isRight: (value) => Number.isSafeInteger(value) && Number(value) >= 0, right: 'a whole number from 0' },
  maxRetryWaitSeconds: {
    isRight: (value) => typeof value === 'number' && value >= 0 && value <= MAX_WAIT_SECONDS,
    right: `a number of seconds from 0 to ${MAX_WAIT_SECONDS}`,
  },
}

const CALL_OPTIONS: MemberChecks<CallOptions> = {
  signal: {
    isRight: (value) => typeof value === 'object' && value !== null && 'aborted' in value,
    right: 'an AbortSignal',
  },
}

/** Checks the options of a client. Throws TypeError. */
export function checkClientOptions(options: ClientOptions): void {
  checkMembers('createClient', options, OPTIONS)
}

/** Checks the options of a call. Throws TypeError. */
export function checkCallOptions(options: CallOptions): void {
  checkMembers('The options of a call', options, CALL_OPTIONS)
}

/** Returns the id. Throws TypeError for texts that would change the path: the call could then act on more than one resource. */
export function requireId(id: string): string {
  if (typeof id === 'string' && id !== '' && id !== '.' && id !== '..') return id
  throw new TypeError('The first argument of this call must be an id, such as the id of a session')
}
