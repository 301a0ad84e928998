import type { LogInReader } from '../accounts/email-routes.ts'
import { Refusal } from '../kernel/refusal.ts'
import { readCaller } from '../throttle/device-cookie.ts'
import { type LogInDeps, logIn } from './log-in.ts'
import { type LoginAnswerDeps, toLoginAnswer } from './login-answer.ts'
import { readTrustedTokens } from './trusted-cookie.ts'

/** Creates the function that logs the reader of an emailed link in. It is a login like any other: a second factor still asks. */
export function createLogInReader(deps: LogInDeps & LoginAnswerDeps): LogInReader {
  return async (typed, request) => {
    const caller = readCaller(deps.throttle, 'login', request)
    const remember = request.form?.remember === 'on'
    const rememberedTokens = readTrustedTokens(request)
    const input = { ...typed, remember, caller, replaces: request.principal, rememberedTokens }
    try {
      const { body: _, ...answer } = toLoginAnswer(deps, request, caller, await logIn(deps, input, request.stamp))
      return answer
    } catch (error) {
      if (error instanceof Refusal) return null
      throw error
    }
  }
}
