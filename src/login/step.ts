import type { UserId } from '../kernel/ids.ts'
import type { DeviceOwner, LoginStep, SecondFactors } from '../kernel/login-step.ts'
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
  const steps = await enrolledSteps(secondFactors, owner.userId)
  if (steps.length === 0 || (await secondFactors.isRemembered(owner, tokens))) return []
  return [steps.map(({ method }) => method)]
}

/** Returns the steps that a user set up. */
export async function enrolledSteps(
  { steps }: Pick<SecondFactors, 'steps'>,
  user: UserId,
): Promise<readonly LoginStep[]> {
  const enrolled = await Promise.all(steps.map((step) => step.isEnrolled(user)))
  return steps.filter((_, index) => enrolled[index])
}
