import { z } from 'zod'
import { defineCall, json } from '../kernel/define-calls.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { withQuery } from '../pages/components/form.ts'
import { ownerOf, renewSession } from './factor-owner.ts'
import { createRecoveryCodes } from './recovery-codes/create-recovery-codes.ts'
import { type FactorRouteDeps, forgetDevice, takeFactorBudget } from './routes.ts'
import { confirmTotp } from './totp/confirm-totp.ts'
import { enrolTotp } from './totp/enrol-totp.ts'
import { removeTotp } from './totp/remove-totp.ts'

const SECURITY = '/account/security'
const CODES = { page: SECURITY, done: '/account/security/recovery-codes' } as const

/** Routes of the forms on the page *Security*. They accept forms only; programs use the routes of the API. */
export function securityRoutes(deps: FactorRouteDeps, hasTotp: boolean): Route[] {
  const forget = defineRoute(
    defineCall('POST /account/forget-device', {
      name: 'forms.forgetDevice',
      access: 'session',
      body: json<{ readonly id: string }>(),
    }),
    {
      summary: 'Form of the account page: remove a remembered device',
      body: z.strictObject({ id: z.string() }),
      answers: {},
      form: { only: true, page: SECURITY, done: SECURITY, notice: 'security.deviceForgotten' },
      async handle({ body: { id }, principal: { user }, stamp }) {
        await forgetDevice(deps, user, { id, stamp })
        return { status: 204 }
      },
    },
  )
  return hasTotp ? [forget, ...appRoutes(deps)] : [forget]
}

function appRoutes(deps: FactorRouteDeps): Route[] {
  const fresh = { access: 'fresh_session' } as const
  return [
    defineRoute(defineCall('POST /account/start-totp', { name: 'forms.startTotp', ...fresh }), {
      summary: 'Form of the account page: start to set up an authenticator app',
      answers: {},
      form: { only: true, page: SECURITY, done: '/account/security/totp' },
      async handle({ principal, ...request }) {
        await takeFactorBudget(deps, request, principal)
        const { setupId } = await enrolTotp(deps, principal.user)
        return { status: 204, formLocation: withQuery('/account/security/totp', { setup: setupId }) }
      },
    }),

    defineRoute(
      defineCall('POST /account/confirm-totp', {
        name: 'forms.confirmTotp',
        ...fresh,
        body: json<{ readonly code: string; readonly setup?: string | undefined }>(),
        refusals: ['wrong_code'],
      }),
      {
        summary: 'Form of the account page: confirm the authenticator app with a code',
        body: z.strictObject({ code: z.string().max(64), setup: z.string().optional() }),
        answers: {},
        form: {
          ...CODES,
          only: true,
          page: '/account/security/totp',
          keeps: ['setup'],
          notice: 'security.enrolled',
          marks: { wrong_code: ['code', 'wrong_code'] },
        },
        async handle({ body: { code }, principal, sessionToken, stamp }) {
          const owner = await ownerOf(deps, principal, sessionToken())
          const codes = await confirmTotp(deps, owner, code, stamp)
          const proof = { principal, owner, token: sessionToken(), method: 'totp' }
          const issued = await renewSession(deps, proof, stamp)
          return { status: 204, secret: codes.join(' '), ...(issued === null ? {} : { session: issued }) }
        },
      },
    ),

    defineRoute(defineCall('POST /account/create-recovery-codes', { name: 'forms.createRecoveryCodes', ...fresh }), {
      summary: 'Form of the account page: create new recovery codes',
      answers: {},
      form: { ...CODES, only: true, notice: 'security.codesCreated' },
      async handle({ principal, sessionToken, stamp, ...request }) {
        await takeFactorBudget(deps, { ...request, stamp }, principal)
        const owner = await ownerOf(deps, principal, sessionToken())
        return { status: 204, secret: (await createRecoveryCodes(deps, owner, stamp)).join(' ') }
      },
    }),

    defineRoute(defineCall('POST /account/remove-totp', { name: 'forms.removeTotp', ...fresh }), {
      summary: 'Form of the account page: remove the authenticator app',
      answers: {},
      form: { only: true, page: '/account/security/totp/remove', done: SECURITY, notice: 'security.removed' },
      async handle({ principal, sessionToken, stamp }) {
        await removeTotp(deps, await ownerOf(deps, principal, sessionToken()), stamp)
        return { status: 204 }
      },
    }),
  ]
}
