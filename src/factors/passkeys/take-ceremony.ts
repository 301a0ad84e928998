import { hashAttemptToken, hashDevice } from '../../login/attempt-token.ts'
import type { LoginAttemptRecord } from '../../login/store.ts'
import type { Caller } from '../../throttle/throttle.ts'
import type { CeremonyDeps } from './begin-ceremony.ts'
import { hashChallenge } from './challenge.ts'
import { readChallenge } from './client-data.ts'
import { passkeyRefused } from './refusals.ts'

/** An attempt whose challenge was taken. */
export interface TakenCeremony {
  readonly attempt: LoginAttemptRecord
  readonly challenge: string
}

/**
 * Takes the challenge that client data contains from its attempt, before anything is verified: of all answers with this challenge,
 * on all nodes, one gets further (ASVS 6.7.2).
 * @param tokens the tokens of the attempts of the request; the challenge decides which one counts.
 * @throws Refusal `passkey_refused` if no attempt of the request has the challenge, or if it began on another device.
 */
export async function takeCeremony(
  { loginAttempts, clock }: CeremonyDeps,
  { tokens, caller }: { readonly tokens: readonly string[]; readonly caller: Caller },
  clientDataJson: string,
): Promise<TakenCeremony> {
  const challenge = readChallenge(clientDataJson)
  if (challenge === null) throw passkeyRefused('client data malformed')
  const challengeHash = hashChallenge(challenge)
  for (const tokenHash of new Set(tokens.map(hashAttemptToken))) {
    if (tokenHash === null) continue
    const attempt = await loginAttempts.takeChallenge(tokenHash, challengeHash, clock())
    if (attempt === null) continue
    const isOtherDevice = attempt.deviceHash !== null && attempt.deviceHash !== hashDevice(caller.device)
    if (isOtherDevice) throw passkeyRefused('another device')
    return { attempt, challenge }
  }
  throw passkeyRefused('challenge unknown, used, expired, or of another browser')
}
