import { z } from 'zod'
import type { LoginStep } from '../../kernel/login-step.ts'
import { TOTP_PAGE } from '../step-pages.ts'
import type { EnrolmentStore } from '../store.ts'
import { type CodeBody, factorCalls } from '../wire.ts'
import type { TotpDeps } from './enrol-totp.ts'
import { stepOfCode } from './totp-code.ts'

/** The body of calls that take a code. */
export const codeSchema: z.ZodType<CodeBody> = z.strictObject({
  code: z.string('Must be a string.').max(64, 'Must have at most 64 characters.'),
  rememberDevice: z.boolean('Must be true or false.').optional(),
})

/** The login step `totp`: a code of an authenticator app, each at most once (RFC 6238 section 5.2; ASVS 6.5.1). */
export function totpStep({
  totp,
  totpSealer,
  clock,
  enrolments,
}: TotpDeps & { readonly enrolments: EnrolmentStore }): LoginStep<CodeBody> {
  return {
    method: 'totp',
    call: factorCalls['POST /login/totp'],
    reauthenticateCall: factorCalls['POST /reauthenticate/totp'],
    canEnrolInLogin: true,
    summary: 'a code of the authenticator app',
    body: codeSchema,
    page: TOTP_PAGE,
    findEnrolled: enrolments.find,
    async prove({ user }, { code }) {
      const found = await totp.find(user.id)
      if (found === null || found.confirmedAt === null) return false
      const secret = totpSealer.open(found.sealedSecret)
      if (secret === null) throw new Error('The TOTP secret was sealed with a secret that this service does not have')
      const now = clock()
      const step = await stepOfCode(secret, code, now)
      return step !== null && totp.useStep(found.userId, step, now)
    },
  }
}
