import { z } from 'zod'
import type { CookieFactory } from '../../kernel/cookie.ts'
import type { Method } from '../../kernel/principal.ts'
import type { FormUse, InLogin, RouteRequest } from '../../kernel/route.ts'
import { finishEnrolment } from '../../login/enrol-in-login.ts'
import { loginAnswers, toLoginAnswer } from '../../login/login-answer.ts'
import { readCaller } from '../../throttle/device-cookie.ts'
import { takeChangeBudget } from '../../throttle/other-tries.ts'
import { type EnrolmentOfDeps, enrolmentOf, isEnrolmentOpen } from '../enrolment-routes.ts'
import type { TotpConfirmedJson, TotpSetupJson } from '../wire.ts'
import { type ConfirmTotpDeps, confirmTotp } from './confirm-totp.ts'
import { enrolTotp } from './enrol-totp.ts'

/** Dependencies of the enrolment in a login. */
export interface EnrolTotpInLoginDeps extends ConfirmTotpDeps, EnrolmentOfDeps {
  readonly cookies: CookieFactory
}

const recoveryCodes = {
  recoveryCodes: z.array(z.string()).meta({ description: 'The codes. They are shown only once.' }),
}

/** The answers to a first code. */
export const confirmedAnswers: Record<number, z.ZodType<TotpConfirmedJson>> = {
  200: z.union([
    z.object(recoveryCodes),
    ...loginAnswers[200].options.map((answer) => answer.extend(recoveryCodes)),
  ]) as z.ZodType<TotpConfirmedJson>,
}

const STEP = { method: 'totp' } as const

/** The forms of the page that sets up an authenticator app in a login. */
export const ENROLMENT_FORM: FormUse = {
  page: '/login/attempt',
  done: '/login/attempt',
  query: STEP,
  keepsNext: true,
}
export const CONFIRMATION_FORM: FormUse = {
  page: '/login/attempt',
  done: '/login/recovery-codes',
  notice: 'factors.enrolled',
  query: STEP,
  keepsNext: true,
  marks: { wrong_code: ['code', 'wrong_code'] },
}

/** The uses of the TOTP routes in a login that requires a second factor. */
export function totpInLogin(deps: EnrolTotpInLoginDeps): {
  readonly begin: InLogin<undefined, TotpSetupJson>
  readonly confirm: InLogin<{ readonly code: string }, TotpConfirmedJson>
} {
  const isOpen = (request: RouteRequest<undefined>): Promise<boolean> => isEnrolmentOpen(deps, 'totp', request)
  return {
    begin: {
      isOpen,
      async handle(request) {
        const { user } = await enrolmentOf(deps, 'totp', request)
        await takeChangeBudget(deps.throttle, readCaller(deps.throttle, 'factor_change', request), user.id)
        const { setup } = await enrolTotp(deps, user)
        return { status: 201, body: setup, secret: setup.uri }
      },
    },
    confirm: {
      isOpen,
      async handle({ body: { code }, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'login', request)
        const { user, stored } = await enrolmentOf(deps, 'totp', request)
        const owner = { user, securityEpoch: stored.securityEpoch }
        const { stamp } = request
        const confirm = (mustLack: readonly Method[]): Promise<readonly string[]> =>
          confirmTotp(deps, { ...owner, mustLack }, code, stamp)
        const input = { user, stored, method: 'totp', caller, replaces: principal, confirm }
        const { outcome, shown } = await finishEnrolment(deps, input, stamp)
        const { body, formLocation: _, ...answer } = toLoginAnswer(deps, request, caller, outcome)
        return { ...answer, secret: shown.join(' '), body: { ...body, recoveryCodes: shown } as TotpConfirmedJson } // the body of a login, and the codes
      },
    },
  }
}
