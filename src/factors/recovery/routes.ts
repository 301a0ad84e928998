import type { z } from 'zod'
import { toIsoTime } from '../../kernel/clock.ts'
import type { CookieFactory } from '../../kernel/cookie.ts'
import { defineCall } from '../../kernel/define-calls.ts'
import { defineRoute, type Route } from '../../kernel/route.ts'
import { readAttemptTokens } from '../../login/attempt-cookie.ts'
import { loginAnswers, toLoginAnswer } from '../../login/login-answer.ts'
import { readCaller } from '../../throttle/device-cookie.ts'
import { cancelRecovery, noRecovery } from './cancel-recovery.ts'
import { type RecoverDeps, recover } from './recover.ts'
import { recoveryJsonSchema, recoveryWaitSchema, toRecoveryJson } from './recovery-json.ts'
import { type RecoverJson, recoveryCalls } from './wire.ts'

/** Dependencies of the recovery routes. */
export interface RecoveryRouteDeps extends RecoverDeps {
  readonly cookies: CookieFactory
}

/** The route that requests and completes a recovery. */
export function recoverRoute(deps: RecoveryRouteDeps): Route {
  return defineRoute(recoveryCalls['POST /login/recovery'], {
    summary: 'Recover an account without its second factors: request it, and after 72 hours complete it',
    answers: { 200: loginAnswers[200], 202: recoveryWaitSchema } as Record<number, z.ZodType<RecoverJson>>,
    form: { page: '/login/recovery', done: '/account' },
    async handle({ principal, ...request }) {
      const caller = readCaller(deps.throttle, 'recovery', request)
      const input = { tokens: readAttemptTokens(request), caller, replaces: principal }
      const outcome = await recover(deps, input, request.stamp)
      if (outcome.status !== 'waiting') return toLoginAnswer(deps, request, caller, outcome)
      return {
        status: 202,
        body: { availableAt: toIsoTime(outcome.availableAt) },
        formLocation: '/login/recovery',
        notice: { text: 'recovery.requested' },
      }
    },
  })
}

/** Routes that show and cancel the removals of factors that wait. */
export function recoveryRoutes(deps: RecoveryRouteDeps): Route[] {
  return [
    defineRoute(recoveryCalls['GET /recovery'], {
      summary: 'Show the recovery, or the removal of a factor by an administrator, that waits',
      answers: { 200: recoveryJsonSchema },
      async handle({ principal }) {
        const json = toRecoveryJson(await deps.factorRemovals.list(principal.user.id, deps.clock()))
        if (json === null) throw noRecovery()
        return { status: 200, body: json }
      },
    }),

    defineRoute(recoveryCalls['DELETE /recovery'], {
      summary: 'Cancel it: the second factors stay',
      answers: { 204: null },
      async handle({ principal, stamp }) {
        await cancelRecovery(deps, principal.user.id, stamp)
        return { status: 204 }
      },
    }),

    defineRoute(defineCall('POST /account/cancel-recovery', { name: 'forms.cancelRecovery', access: 'session' }), {
      summary: 'Form of the account page: cancel the removal of second factors',
      answers: {},
      form: { only: true, page: '/account/security', done: '/account/security', notice: 'recovery.cancelled' },
      async handle({ principal, stamp }) {
        await cancelRecovery(deps, principal.user.id, stamp)
        return { status: 204 }
      },
    }),
  ]
}
