import { z } from 'zod'
import type { LoginStep } from '../../kernel/login-step.ts'
import type { EnrolmentStore } from '../store.ts'
import { assertionSchema } from './credential-schemas.ts'
import { PASSKEY_PAGE } from './passkey-pages.ts'
import { type PasskeyLoginBody, passkeyCalls } from './wire.ts'

/** The body of `POST /login/passkey`. */
export const passkeyLoginSchema: z.ZodType<PasskeyLoginBody> = z.strictObject({
  credential: assertionSchema,
  remember: z.boolean('Must be true or false.').optional(),
  rememberDevice: z.boolean('Must be true or false.').optional(),
})

/** The login step `passkey`. Its routes are in `routes.ts`, because a passkey also logs in without a step before it. */
export function passkeyStep({ enrolments }: { readonly enrolments: EnrolmentStore }): LoginStep<PasskeyLoginBody> {
  return {
    method: 'passkey',
    call: passkeyCalls['POST /login/passkey'],
    reauthenticateCall: passkeyCalls['POST /reauthenticate/passkey'],
    hasOwnRoutes: true,
    canEnrolInLogin: true,
    summary: 'a passkey',
    body: passkeyLoginSchema,
    page: PASSKEY_PAGE,
    findEnrolled: enrolments.find,
    prove: async () => false, // no route of the login asks it
  }
}
