/* Login steps that exist in tests only. They prove the login machine before the product has a second step. */
import { z } from 'zod'
import type { Feature } from '../../src/kernel/feature.ts'
import type { LoginStep } from '../../src/kernel/login-step.ts'

/** The answer that every test step accepts. */
export const RIGHT = '246810'

/** A step whose users are those with an address that begins with its method. */
export interface TestSteps {
  readonly feature: Feature
  /** Users that have set up a step, by method. */
  enrol(method: string, userId: string): void
  /** How often an answer was checked. */
  readonly checks: { count: number }
}

/** Creates steps of these methods. Each takes `{code}` at `/login/test-<method>`. */
export function createTestSteps(...methods: readonly string[]): TestSteps {
  const enrolled = new Map<string, Set<string>>(methods.map((method) => [method, new Set()]))
  const checks = { count: 0 }
  const loginSteps = methods.map(
    (method): LoginStep<{ readonly code: string }> => ({
      method,
      path: `/login/test-${method}`,
      summary: `Test step ${method}`,
      body: z.strictObject({ code: z.string() }),
      isEnrolled: async (user) => enrolled.get(method)?.has(user) ?? false,
      async prove(_attempt, { code }) {
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
