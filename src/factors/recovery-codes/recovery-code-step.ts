import type { LoginStep } from '../../kernel/login-step.ts'
import type { FactorEvent } from '../events.ts'
import { writeFactorChangedMail } from '../mails/factor-changed.ts'
import { RECOVERY_PAGE } from '../step-pages.ts'
import type { EnrolmentStore } from '../store.ts'
import { codeSchema } from '../totp/totp-step.ts'
import { type CodeBody, factorCalls } from '../wire.ts'
import type { CreateRecoveryCodesDeps } from './create-recovery-codes.ts'

/** The login step `recovery_code`: a code in place of a second factor, once. The user gets an email about it. */
export function recoveryCodeStep(
  deps: CreateRecoveryCodesDeps & { readonly enrolments: EnrolmentStore },
): LoginStep<CodeBody> {
  const { recoveryCodes, recoveryCodeHash } = deps
  return {
    method: 'recovery_code',
    call: factorCalls['POST /login/recovery-code'],
    summary: 'a recovery code',
    body: codeSchema,
    page: RECOVERY_PAGE,
    findEnrolled: deps.enrolments.find,
    async prove({ user, stamp }, { code }) {
      const mails = await writeFactorChangedMail(deps, user, 'recovery_code_used')
      return recoveryCodes.use(user.id, recoveryCodeHash(user.id, code), (left) => {
        const used: FactorEvent = { type: 'recovery_code.used', userId: user.id, left }
        return { events: [stamp(used)], mails }
      })
    },
  }
}
