import type { DeviceOwner } from '../kernel/device-owner.ts'
import { enrolledSteps, type SecondFactors } from '../kernel/login-step.ts'
import type { Round } from './login-attempt.ts'

/**
 * Returns the rounds that follow a password: none on a remembered device, otherwise one round with every step that the user
 * set up. A policy that requires more proofs adds its rounds here.
 * @param tokens of the remembered devices of the browser.
 */
export async function roundsAfterPassword(
  secondFactors: SecondFactors,
  owner: DeviceOwner,
  tokens: readonly string[],
): Promise<readonly Round[]> {
  const steps = await enrolledSteps(secondFactors.steps, owner.userId)
  if (steps.length === 0 || (await secondFactors.isRemembered(owner, tokens))) return []
  return [steps.map(({ method }) => method)]
}
