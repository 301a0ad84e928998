import type { UserId } from '../kernel/ids.ts'
import type { LoginStep } from '../kernel/login-step.ts'
import type { Round } from './login-attempt.ts'

/**
 * Returns the rounds that follow the first proof: none, or one round with every step that the user set up. A policy
 * that requires more proofs adds its rounds here.
 */
export async function roundsAfterFirstProof(steps: readonly LoginStep[], user: UserId): Promise<readonly Round[]> {
  const enrolled = await Promise.all(steps.map((step) => step.isEnrolled(user)))
  const round = steps.filter((_, index) => enrolled[index]).map(({ method }) => method)
  return round.length === 0 ? [] : [round]
}
