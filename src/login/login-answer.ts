import { z } from 'zod'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { SecondFactors } from '../kernel/login-step.ts'
import type { Answer, RouteRequest } from '../kernel/route.ts'
import { completeJsonSchema, toCompleteJson } from '../sessions/session-json.ts'
import type { CompleteJson } from '../sessions/wire.ts'
import { deviceCookies } from '../throttle/device-cookie.ts'
import type { Caller, Throttle } from '../throttle/throttle.ts'
import { attemptCookie, clearAttemptCookie } from './attempt-cookie.ts'
import { stepRequiredJsonSchema, toStepRequiredJson } from './attempt-json.ts'
import type { LoginOutcome, StepRequired } from './finish-login.ts'
import { trustedCookie } from './trusted-cookie.ts'
import type { StepRequiredJson } from './wire.ts'

/** The success answers of every call that logs a user in. */
export const loginAnswers = { 200: z.union([completeJsonSchema, stepRequiredJsonSchema]) }

/** Dependencies of `toLoginAnswer`. */
export interface LoginAnswerDeps {
  readonly cookies: CookieFactory
  readonly throttle: Throttle
}

/** A complete login sets the session and the device cookie. A login that requires another step sets the attempt cookie. */
export function toLoginAnswer(
  { cookies, throttle }: LoginAnswerDeps,
  request: Pick<RouteRequest, 'cookies'>,
  caller: Caller,
  outcome: LoginOutcome,
): Answer<CompleteJson | StepRequiredJson> {
  if (outcome.status === 'step_required') return toStepAnswer(cookies, outcome)
  const { issued, deviceUser } = outcome
  return {
    status: 200,
    body: toCompleteJson(issued),
    session: issued,
    cookies: [...deviceCookies({ cookies, throttle }, caller, deviceUser), ...clearAttemptCookie(cookies, request)],
  }
}

function toStepAnswer(cookies: CookieFactory, outcome: StepRequired): Answer<StepRequiredJson> {
  const { token } = outcome
  return {
    status: 200,
    body: toStepRequiredJson(outcome),
    formLocation: '/login/attempt',
    ...(token === null ? {} : { attempt: { token, cookie: attemptCookie(cookies, token) } }),
  }
}

/** Remembers the device after a complete login. Returns its cookie; nothing if the login asks for another step. */
export async function rememberDevice(
  { cookies, secondFactors }: Pick<LoginAnswerDeps, 'cookies'> & { readonly secondFactors: SecondFactors },
  { client, stamp }: Pick<RouteRequest, 'client' | 'stamp'>,
  outcome: LoginOutcome,
): Promise<readonly Cookie[]> {
  if (outcome.status !== 'complete') return []
  return [trustedCookie(cookies, await secondFactors.remember(outcome.deviceUser, client.userAgent, stamp))]
}
