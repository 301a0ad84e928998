import { type Clock, MINUTE_MS } from '../../kernel/clock.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import { hashChallenge, newChallenge } from './challenge.ts'
import { readChallenge } from './client-data.ts'
import { passkeyRefused } from './refusals.ts'
import type { ChallengePurpose, PasskeyStore } from './store.ts'

/** Time to answer a challenge. */
const CHALLENGE_LIFE_MS = 10 * MINUTE_MS

/** Dependencies of the challenges of sessions. */
export interface SessionChallengeDeps {
  readonly passkeys: PasskeyStore
  readonly clock: Clock
}

/** Creates the challenge of a session, in place of its previous one for the same purpose. */
export async function giveChallenge(
  { passkeys, clock }: SessionChallengeDeps,
  { session: { id: sessionId, userId } }: SessionPrincipal,
  purpose: ChallengePurpose,
): Promise<string> {
  const challenge = newChallenge()
  const challengeHash = hashChallenge(challenge)
  await passkeys.putChallenge({ sessionId, userId, purpose, challengeHash }, clock() + CHALLENGE_LIFE_MS)
  return challenge
}

/**
 * Deletes the challenge that client data contains, before anything is verified: an answer of an authenticator works once, right or
 * wrong. The counter of a synced passkey stays 0, so only this prevents a replay (ASVS 6.7.2).
 * @returns the challenge.
 * @throws Refusal `passkey_refused` if the session has no such challenge.
 */
export async function takeChallenge(
  { passkeys, clock }: SessionChallengeDeps,
  { session: { id: sessionId, userId } }: SessionPrincipal,
  { purpose, clientDataJson }: { readonly purpose: ChallengePurpose; readonly clientDataJson: string },
): Promise<string> {
  const challenge = readChallenge(clientDataJson)
  if (challenge === null) throw passkeyRefused('client data malformed')
  const challengeHash = hashChallenge(challenge)
  const isOurs = await passkeys.takeChallenge({ sessionId, userId, purpose, challengeHash }, clock())
  if (!isOurs) throw passkeyRefused('challenge unknown, used, expired, or of another session')
  return challenge
}
