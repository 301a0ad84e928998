/* Login steps that exist in tests only. They prove the state machine of logins before the product has a second step. */
import { z } from 'zod'
import { defineCall, json } from '../../src/kernel/define-calls.ts'
import type { Feature } from '../../src/kernel/feature.ts'
import type { LoginStep } from '../../src/kernel/login-step.ts'

/** The answer that every test step accepts. */
export const RIGHT = '246810'

/** Test steps, and the users who have set them up. */
export interface TestSteps {
  readonly feature: Feature
  /** Sets up the step of this method for a user. */
  enrol(method: string, userId: string): void
  /** Counts the checks of answers. */
  readonly checks: { count: number }
}

/** Creates steps for these methods. Each accepts `{code}` at `/login/test-<method>`. */
export function createTestSteps(...methods: readonly string[]): TestSteps {
  const enrolled = new Map<string, Set<string>>(methods.map((method) => [method, new Set()]))
  const checks = { count: 0 }
  const loginSteps = methods.map(
    (method): LoginStep<{ readonly code: string; readonly rememberDevice?: boolean | undefined }> => ({
      method,
      call: defineCall(`POST /login/test-${method}`, {
        name: `login.test-${method}`,
        access: 'anyone',
        body: json<{ readonly code: string }>(),
        answer: json<unknown>(),
        refusals: ['attempt_ended', 'wrong_code', 'too_many_requests'],
      }),
      summary: `the test step ${method}`,
      body: z.strictObject({ code: z.string(), rememberDevice: z.boolean().optional() }),
      findEnrolled: async (user) => (enrolled.get(method)?.has(user) ? [method] : []),
      async prove(_context, { code }) {
        checks.count++
        return code === RIGHT
      },
    }),
  )
  return {
    feature: { name: 'test steps', words: [], routes: [], loginSteps },
    enrol: (method, userId) => void enrolled.get(method)?.add(userId),
    checks,
  }
}
