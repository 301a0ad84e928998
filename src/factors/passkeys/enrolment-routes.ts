import { z } from 'zod'
import type { CookieFactory } from '../../kernel/cookie.ts'
import type { Method } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { InLogin } from '../../kernel/route.ts'
import { readAttemptTokens } from '../../login/attempt-cookie.ts'
import { finishEnrolment } from '../../login/enrol-in-login.ts'
import { loginAnswers, toLoginAnswer } from '../../login/login-answer.ts'
import { LOGIN_REFUSALS } from '../../login/refusals.ts'
import { readCaller } from '../../throttle/device-cookie.ts'
import { takeChangeBudget } from '../../throttle/other-tries.ts'
import { type EnrolmentOfDeps, enrolmentOf, isEnrolmentOpen } from '../enrolment-routes.ts'
import { type AddPasskeyDeps, addVerifiedPasskey } from './add-passkey.ts'
import type { CeremonyDeps } from './begin-ceremony.ts'
import { creationOptions } from './ceremony-options.ts'
import { hashChallenge, newChallenge } from './challenge.ts'
import { passkeyJsonSchema, toPasskeyJson } from './passkey-json.ts'
import { takeCeremony } from './take-ceremony.ts'
import type { AddPasskeyBody, CreationOptionsJson, PasskeyAddedJson } from './wire.ts'

/** Dependencies of the enrolment in a login. */
export interface EnrolPasskeyInLoginDeps extends EnrolmentOfDeps, AddPasskeyDeps, CeremonyDeps {
  readonly cookies: CookieFactory
}

const passkey = { passkey: passkeyJsonSchema }

/** The answers to a new passkey. */
export const addedAnswers: Record<number, z.ZodType<PasskeyAddedJson>> = {
  201: z.union([
    z.object(passkey),
    ...loginAnswers[200].options.map((answer) => answer.extend(passkey)),
  ]) as z.ZodType<PasskeyAddedJson>,
}

/**
 * The uses of the routes that add a passkey in a login that requires a second factor. The challenge belongs to the attempt of the login:
 * the session does not exist yet.
 */
export function passkeyInLogin(deps: EnrolPasskeyInLoginDeps): {
  readonly begin: InLogin<undefined, { readonly options: CreationOptionsJson }>
  readonly add: InLogin<AddPasskeyBody, PasskeyAddedJson>
} {
  return {
    begin: {
      isOpen: (request) => isEnrolmentOpen(deps, 'passkey', request),
      async handle(request) {
        const { user, stored } = await enrolmentOf(deps, 'passkey', request)
        await takeChangeBudget(deps.throttle, readCaller(deps.throttle, 'passkey_options', request), user.id)
        const challenge = newChallenge()
        await deps.loginAttempts.setChallenge(stored.tokenHash, hashChallenge(challenge), deps.clock())
        const existing = await deps.passkeys.list(user.id)
        return { status: 200, body: { options: creationOptions(deps.rp, user, { challenge, existing }) } }
      },
    },
    add: {
      isOpen: (request) => isEnrolmentOpen(deps, 'passkey', request),
      async handle({ body, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'login', request)
        const tokens = readAttemptTokens(request)
        const { clientDataJSON: clientDataJson } = body.credential.response
        const { attempt, challenge } = await takeCeremony(deps, { tokens, caller }, clientDataJson)
        const { user, stored } = await enrolmentOf(deps, 'passkey', request)
        if (attempt.tokenHash !== stored.tokenHash) throw new Refusal(LOGIN_REFUSALS.attempt_ended)
        const owner = { user, securityEpoch: stored.securityEpoch }
        const { userAgent } = caller.client
        const input = {
          ...{ user, stored, method: 'passkey', caller, replaces: principal },
          confirm: (mustLack: readonly Method[]) =>
            addVerifiedPasskey(deps, { owner: { ...owner, mustLack }, challenge, userAgent }, body, request.stamp),
        }
        const { outcome, shown } = await finishEnrolment(deps, input, request.stamp)
        const { body: login, formLocation: _, ...answer } = toLoginAnswer(deps, request, caller, outcome)
        const added = { ...login, passkey: toPasskeyJson(shown) } as PasskeyAddedJson // the body of a login, and the passkey
        return { ...answer, status: 201, body: added }
      },
    },
  }
}
