import { z } from 'zod'
import { FIRST_SECURITY_EPOCH, requireEmailAddress } from '../../accounts/create-user.ts'
import { type RegistrantDeps, registrantCookie } from '../../accounts/registrant-cookie.ts'
import { nameSchema } from '../../accounts/user-name.ts'
import { defineRoute, type Route } from '../../kernel/route.ts'
import { readAttemptTokens } from '../../login/attempt-cookie.ts'
import { loginAnswers, rememberDevice, toLoginAnswer } from '../../login/login-answer.ts'
import { completeJsonSchema, toCompleteJson } from '../../sessions/session-json.ts'
import { deviceCookies, readCaller } from '../../throttle/device-cookie.ts'
import { registrationSchema } from './credential-schemas.ts'
import { type LogInWithPasskeyDeps, logInWithPasskey } from './log-in-with-passkey.ts'
import { type LoginOptionsDeps, loginOptions } from './login-options.ts'
import { clearCeremonyCookie, issueCeremony, readCeremonyTokens } from './passkey-cookie.ts'
import { creationOptionsSchema, requestOptionsSchema } from './passkey-json.ts'
import { passkeyLoginSchema } from './passkey-step.ts'
import { type RegisterWithPasskeyDeps, registerOptions, registerWithPasskey } from './register-with-passkey.ts'
import { passkeyCalls } from './wire.ts'

/** Bodies with a passkey may be larger than others: some authenticators send certificates. */
export const MAX_PASSKEY_BODY_BYTES: number = 64 * 1024

/** Dependencies of the routes for people who are not logged in. */
export interface PasskeyLoginRouteDeps
  extends LogInWithPasskeyDeps,
    LoginOptionsDeps,
    RegisterWithPasskeyDeps,
    RegistrantDeps {}

const registrant = {
  email: z.string('Must be a string.').meta({ format: 'email', maxLength: 254 }),
  name: nameSchema.optional(),
  invitation: z.string('Must be a string.').optional(),
}

/** Checks the email address of a body that the schema refused, so that a client learns of all problems at once. */
async function checkRefused({ email }: Readonly<Record<string, unknown>>): Promise<void> {
  if (typeof email === 'string') requireEmailAddress(email)
}

/** Routes that log in with a passkey. */
export function passkeyLoginRoutes(deps: PasskeyLoginRouteDeps): Route[] {
  const { cookies } = deps
  return [
    defineRoute(passkeyCalls['POST /login/passkey/options'], {
      summary: 'Begin a login with a passkey, alone or as the second step of the login in progress',
      body: z.strictObject({ discoverable: z.boolean('Must be true or false.').optional() }),
      answers: { 200: z.object({ options: requestOptionsSchema }) },
      async handle({ body: { discoverable = false }, ...request }) {
        const caller = readCaller(deps.throttle, 'passkey_options', request)
        const stepTokens = discoverable ? [] : readAttemptTokens(request)
        const { options, token } = await loginOptions(deps, { stepTokens, caller })
        const attempt = token === null ? {} : { attempt: issueCeremony(cookies, token) }
        return { status: 200, body: { options }, ...attempt }
      },
    }),

    defineRoute(passkeyCalls['POST /login/passkey'], {
      summary: 'Log in with a passkey',
      body: passkeyLoginSchema,
      maxBodyBytes: MAX_PASSKEY_BODY_BYTES,
      answers: loginAnswers,
      async handle({ body: { credential, remember = false, rememberDevice: isToRemember }, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'login', request)
        const tokens = [...readCeremonyTokens(request), ...readAttemptTokens(request)]
        const input = { credential, remember, tokens, caller, replaces: principal }
        const outcome = await logInWithPasskey(deps, input, request.stamp)
        const trusted = isToRemember === true ? await rememberDevice(deps, request, outcome) : []
        const { cookies: own = [], ...answer } = toLoginAnswer(deps, request, caller, outcome)
        return { ...answer, cookies: [...own, ...trusted, ...clearCeremonyCookie(cookies, request)] }
      },
    }),
  ]
}

/** Routes that register with a passkey. */
export function passkeyRegisterRoutes(deps: PasskeyLoginRouteDeps): Route[] {
  const { cookies } = deps
  return [
    defineRoute(passkeyCalls['POST /register/passkey/options'], {
      summary: 'Begin a registration with a passkey instead of a password',
      body: z.strictObject(registrant),
      checkRefused,
      answers: { 200: z.object({ options: creationOptionsSchema }) },
      async handle({ body, ...request }) {
        const caller = readCaller(deps.throttle, 'register', request)
        const { options, token } = await registerOptions(deps, body, caller)
        return { status: 200, body: { options }, attempt: issueCeremony(cookies, token) }
      },
    }),

    defineRoute(passkeyCalls['POST /register/passkey'], {
      summary: 'Register with a passkey and log in',
      body: z.strictObject({ ...registrant, credential: registrationSchema }),
      checkRefused,
      maxBodyBytes: MAX_PASSKEY_BODY_BYTES,
      answers: {
        201: completeJsonSchema,
        202: z.object({ status: z.literal('verification_required') }),
      },
      async handle({ body, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'register', request)
        const input = { ...body, tokens: readCeremonyTokens(request), caller, replaces: principal }
        const issued = await registerWithPasskey(deps, input, request.stamp)
        const cleared = clearCeremonyCookie(cookies, request)
        if (issued === null) {
          const added = await deps.passkeys.findByCredentialId(body.credential.id)
          const registrant = registrantCookie(deps, added?.user.id ?? null)
          return { status: 202, body: { status: 'verification_required' as const }, cookies: [...cleared, registrant] }
        }
        const user = { userId: issued.user.id, securityEpoch: FIRST_SECURITY_EPOCH }
        return {
          status: 201,
          body: toCompleteJson(issued),
          session: issued,
          cookies: [...deviceCookies(deps, caller, user), ...cleared],
        }
      },
    }),
  ]
}
