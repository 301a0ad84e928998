import type { DeviceOwner } from '../kernel/device-owner.ts'
import { enrolledSteps, type LoginStep, type SecondFactors } from '../kernel/login-step.ts'
import { type Round, toEnrolment } from './login-attempt.ts'

/**
 * Returns the rounds that follow a password: none on a remembered device, otherwise one round with every step that the user
 * set up. If the policy requires a second factor, a user without one sets one up in this round.
 * @param tokens of the remembered devices of the browser.
 */
export async function roundsAfterPassword(
  secondFactors: SecondFactors,
  owner: DeviceOwner,
  tokens: readonly string[],
): Promise<readonly Round[]> {
  const steps = await enrolledSteps(secondFactors.steps, owner.userId)
  if (steps.length === 0) return secondFactors.isRequired ? [enrolmentRound(secondFactors.steps)] : []
  if (await secondFactors.isRemembered(owner, tokens)) return []
  return [steps.map(({ method }) => method)]
}

/** Returns the round in which a user without a second factor sets one up. Steps that need a script on their page are last. */
export function enrolmentRound(steps: readonly LoginStep[]): Round {
  return steps
    .filter(({ canEnrolInLogin = false }) => canEnrolInLogin)
    .toSorted((left, right) => Number(left.hasOwnRoutes ?? false) - Number(right.hasOwnRoutes ?? false))
    .map(({ method }) => toEnrolment(method))
}
