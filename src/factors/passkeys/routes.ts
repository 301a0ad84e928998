import { z } from 'zod'
import { labelSchema } from '../../kernel/label-schema.ts'
import type { SecondFactors } from '../../kernel/login-step.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import { defineRoute, type Route, type RouteRequest } from '../../kernel/route.ts'
import { sessionJsonSchema, toSessionJson } from '../../sessions/session-json.ts'
import { readCaller } from '../../throttle/device-cookie.ts'
import { takeChangeBudget } from '../../throttle/other-tries.ts'
import { ownerOf, type RenewSessionDeps, renewSession } from '../factor-owner.ts'
import { addPasskey, addPasskeyOptions } from './add-passkey.ts'
import { assertionSchema, registrationSchema } from './credential-schemas.ts'
import { addedAnswers, type EnrolPasskeyInLoginDeps, passkeyInLogin } from './enrolment-routes.ts'
import { MAX_PASSKEY_BODY_BYTES } from './login-routes.ts'
import { creationOptionsSchema, passkeyJsonSchema, requestOptionsSchema, toPasskeyJson } from './passkey-json.ts'
import {
  type ReauthenticateWithPasskeyDeps,
  reauthenticateOptions,
  reauthenticateWithPasskey,
} from './reauthenticate-with-passkey.ts'
import { type RemovePasskeyDeps, removePasskey } from './remove-passkey.ts'
import { renamePasskey } from './rename-passkey.ts'
import { passkeyCalls } from './wire.ts'

/** Dependencies of the routes for users who are logged in. */
export interface PasskeyRouteDeps
  extends EnrolPasskeyInLoginDeps,
    ReauthenticateWithPasskeyDeps,
    RemovePasskeyDeps,
    RenewSessionDeps {
  readonly secondFactors: SecondFactors
}

/** Routes that add, rename and remove passkeys. */
export function passkeyRoutes(deps: PasskeyRouteDeps): Route[] {
  const inLogin = deps.secondFactors.isRequired ? passkeyInLogin(deps) : null
  return [
    defineRoute(passkeyCalls['POST /passkeys/options'], {
      summary: 'Begin to add a passkey',
      answers: { 200: z.object({ options: creationOptionsSchema }) },
      ...(inLogin === null ? {} : { inLogin: inLogin.begin }),
      async handle({ principal, ...request }) {
        await takeOptionsBudget(deps, request, principal)
        return { status: 200, body: { options: await addPasskeyOptions(deps, principal) } }
      },
    }),

    defineRoute(passkeyCalls['POST /passkeys'], {
      summary: 'Add a passkey',
      body: z.strictObject({ credential: registrationSchema, name: labelSchema.optional() }),
      maxBodyBytes: MAX_PASSKEY_BODY_BYTES,
      answers: addedAnswers,
      ...(inLogin === null ? {} : { inLogin: inLogin.add }),
      async handle({ body, principal, sessionToken, stamp }) {
        const token = sessionToken()
        const owner = await ownerOf(deps, principal, token)
        const passkey = await addPasskey(deps, { principal, owner }, body, stamp)
        const issued = await renewSession(deps, { principal, owner, token, method: 'passkey' }, stamp)
        const session = issued === null ? {} : { session: issued }
        return { status: 201, body: { passkey: toPasskeyJson(passkey) }, ...session }
      },
    }),

    defineRoute(passkeyCalls['PATCH /passkeys/{id}'], {
      summary: 'Rename a passkey',
      body: z.strictObject({ name: labelSchema }),
      answers: { 200: z.object({ passkey: passkeyJsonSchema }) },
      async handle({ params: { id = '' }, body: { name }, principal, sessionToken }) {
        const owner = await ownerOf(deps, principal, sessionToken())
        return { status: 200, body: { passkey: toPasskeyJson(await renamePasskey(deps, owner, { id, name })) } }
      },
    }),

    defineRoute(passkeyCalls['DELETE /passkeys/{id}'], {
      summary: 'Remove a passkey',
      answers: { 204: null },
      async handle({ params: { id = '' }, principal, sessionToken, stamp }) {
        await removePasskey(deps, await ownerOf(deps, principal, sessionToken()), id, stamp)
        return { status: 204 }
      },
    }),

    ...reauthenticateRoutes(deps),
  ]
}

function reauthenticateRoutes(deps: PasskeyRouteDeps): Route[] {
  return [
    defineRoute(passkeyCalls['POST /reauthenticate/passkey/options'], {
      summary: 'Begin to confirm your identity with a passkey',
      answers: { 200: z.object({ options: requestOptionsSchema }) },
      async handle({ principal, ...request }) {
        await takeOptionsBudget(deps, request, principal)
        return { status: 200, body: { options: await reauthenticateOptions(deps, principal) } }
      },
    }),

    defineRoute(passkeyCalls['POST /reauthenticate/passkey'], {
      summary: 'Confirm your identity with a passkey; the session becomes fresh and keeps its id',
      body: z.strictObject({ credential: assertionSchema }),
      maxBodyBytes: MAX_PASSKEY_BODY_BYTES,
      answers: { 200: z.object({ session: sessionJsonSchema }) },
      async handle({ principal, sessionToken, body: { credential }, stamp }) {
        const input = { principal, sessionToken: sessionToken(), credential }
        const issued = await reauthenticateWithPasskey(deps, input, stamp)
        return { status: 200, body: { session: toSessionJson(issued.session, issued.session.id) }, session: issued }
      },
    }),
  ]
}

function takeOptionsBudget(
  { throttle }: PasskeyRouteDeps,
  request: Pick<RouteRequest, 'client' | 'cookies' | 'stamp' | 'reportQuota'>,
  { user }: SessionPrincipal,
): Promise<void> {
  return takeChangeBudget(throttle, readCaller(throttle, 'passkey_options', request), user.id)
}
