import type { Method } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { RouteRequest } from '../kernel/route.ts'
import { readAttemptTokens } from '../login/attempt-cookie.ts'
import { type Enrolment, type EnrolmentDeps, findEnrolment } from '../login/enrol-in-login.ts'
import { LOGIN_REFUSALS } from '../login/refusals.ts'
import { readCaller } from '../throttle/device-cookie.ts'
import type { Throttle } from '../throttle/throttle.ts'

/** Dependencies of `enrolmentOf` and `isEnrolmentOpen`. */
export interface EnrolmentOfDeps extends EnrolmentDeps {
  readonly throttle: Throttle
}

type AttemptRequest = Pick<RouteRequest, 'cookies' | 'header' | 'isCookieless' | 'client' | 'stamp' | 'reportQuota'>

/** Returns the login in progress of a request that waits for the enrolment of a method. Throws `attempt_ended` if there is none. */
export function enrolmentOf(deps: EnrolmentOfDeps, method: Method, request: AttemptRequest): Promise<Enrolment> {
  const caller = readCaller(deps.throttle, 'login', request)
  return findEnrolment(deps, { method, tokens: readAttemptTokens(request), caller })
}

/** Returns true if the request belongs to a login in progress that waits for the enrolment of a method. */
export async function isEnrolmentOpen(
  deps: EnrolmentOfDeps,
  method: Method,
  request: AttemptRequest,
): Promise<boolean> {
  try {
    await enrolmentOf(deps, method, request)
    return true
  } catch (error) {
    if (error instanceof Refusal && error.code === LOGIN_REFUSALS.attempt_ended.code) return false
    throw error
  }
}
