import { validate } from 'uuid'
import { z } from 'zod'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { SessionPrincipal, User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { readCaller } from '../throttle/device-cookie.ts'
import { takeChangeBudget } from '../throttle/other-tries.ts'
import type { FactorEvent } from './events.ts'
import { ownerOf, type RenewSessionDeps, renewSession } from './factor-owner.ts'
import { factorsJsonSchema, type ReadFactorsDeps, readFactors } from './factors-json.ts'
import { type CreateRecoveryCodesDeps, createRecoveryCodes } from './recovery-codes/create-recovery-codes.ts'
import { type ConfirmTotpDeps, confirmTotp } from './totp/confirm-totp.ts'
import { enrolTotp } from './totp/enrol-totp.ts'
import {
  CONFIRMATION_FORM,
  confirmedAnswers,
  ENROLMENT_FORM,
  type EnrolTotpInLoginDeps,
  totpInLogin,
} from './totp/enrolment-routes.ts'
import { removeTotp } from './totp/remove-totp.ts'
import { factorCalls } from './wire.ts'

/** Dependencies of the factor routes. */
export interface FactorRouteDeps
  extends ReadFactorsDeps,
    ConfirmTotpDeps,
    CreateRecoveryCodesDeps,
    Pick<RenewSessionDeps, 'sessions'> {}

const recoveryCodesSchema = z.object({
  recoveryCodes: z.array(z.string()).meta({ description: 'The codes. They are shown only once.' }),
})

/** Routes that list, set up and remove factors. */
export function factorRoutes(deps: FactorRouteDeps): Route[] {
  return [
    defineRoute(factorCalls['GET /factors'], {
      summary: 'List your factors',
      answers: { 200: factorsJsonSchema },
      async handle({ principal }) {
        return { status: 200, body: await readFactors(deps, principal.user.id) }
      },
    }),

    defineRoute(factorCalls['DELETE /factors/remembered-devices/{id}'], {
      summary: 'Remove a remembered device: its next login asks for a second factor',
      answers: { 204: null },
      async handle({ params: { id = '' }, principal: { user }, stamp }) {
        await forgetDevice(deps, user, { id, stamp })
        return { status: 204 }
      },
    }),

    defineRoute(factorCalls['POST /recovery-codes'], {
      summary: 'Create new recovery codes; the previous ones stop working',
      answers: { 201: recoveryCodesSchema },
      async handle({ principal, sessionToken, stamp, ...request }) {
        await takeFactorBudget(deps, { ...request, stamp }, principal)
        const owner = await ownerOf(deps, principal, sessionToken())
        return { status: 201, body: { recoveryCodes: await createRecoveryCodes(deps, owner, stamp) } }
      },
    }),
  ]
}

/** Routes that set up and remove the authenticator app. */
export function totpRoutes(deps: FactorRouteDeps & EnrolTotpInLoginDeps): Route[] {
  const inLogin = deps.secondFactors.isRequired ? totpInLogin(deps) : null
  return [
    defineRoute(factorCalls['POST /totp'], {
      summary: 'Start to set up an authenticator app; it is in force after a first code',
      answers: { 201: z.object({ secret: z.string(), uri: z.string(), qr: z.string() }) },
      ...(inLogin === null ? {} : { inLogin: inLogin.begin, form: ENROLMENT_FORM }),
      async handle({ principal, ...request }) {
        await takeFactorBudget(deps, request, principal)
        return { status: 201, body: (await enrolTotp(deps, principal.user)).setup }
      },
    }),

    defineRoute(factorCalls['POST /totp/confirm'], {
      summary: 'Confirm the authenticator app with a code; returns recovery codes',
      body: z.strictObject({ code: z.string('Must be a string.').max(64, 'Must have at most 64 characters.') }),
      answers: confirmedAnswers,
      ...(inLogin === null ? {} : { inLogin: inLogin.confirm, form: CONFIRMATION_FORM }),
      async handle({ body: { code }, principal, sessionToken, stamp }) {
        const owner = await ownerOf(deps, principal, sessionToken())
        const recoveryCodes = await confirmTotp(deps, owner, code, stamp)
        const proof = { principal, owner, token: sessionToken(), method: 'totp' }
        const issued = await renewSession(deps, proof, stamp)
        return { status: 200, body: { recoveryCodes }, ...(issued === null ? {} : { session: issued }) }
      },
    }),

    defineRoute(factorCalls['DELETE /totp'], {
      summary: 'Remove the authenticator app, with the recovery codes and remembered devices',
      answers: { 204: null },
      async handle({ principal, sessionToken, stamp }) {
        await removeTotp(deps, await ownerOf(deps, principal, sessionToken()), stamp)
        return { status: 204 }
      },
    }),
  ]
}

/** Removes a remembered device. Throws `not_found`. */
export async function forgetDevice(
  { rememberedDevices }: Pick<FactorRouteDeps, 'rememberedDevices'>,
  { id: userId }: User,
  { id, stamp }: { readonly id: string; readonly stamp: Stamp<FactorEvent> },
): Promise<void> {
  const event = stamp({ type: 'device.forgotten', userId, deviceId: id })
  const isForgotten = validate(id) && (await rememberedDevices.forget(userId, id, onlyEvents(event)))
  if (!isForgotten) throw new Refusal('not_found', { detail: 'There is no such device.' })
}

/** Takes a change from the budget of the user. */
export function takeFactorBudget(
  { throttle }: FactorRouteDeps,
  request: Parameters<typeof readCaller>[2],
  { user }: SessionPrincipal,
): Promise<void> {
  return takeChangeBudget(throttle, readCaller(throttle, 'factor_change', request), user.id)
}
