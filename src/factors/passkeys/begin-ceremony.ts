import { hashToken } from '../../crypto/token.ts'
import type { Clock } from '../../kernel/clock.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { Method } from '../../kernel/principal.ts'
import { ATTEMPT_LIFE_MS, hashDevice, newAttemptToken } from '../../login/attempt-token.ts'
import type { LoginAttemptStore } from '../../login/store.ts'
import type { Caller } from '../../throttle/throttle.ts'
import { hashChallenge, newChallenge } from './challenge.ts'

/** Dependencies of `beginCeremony`. */
export interface CeremonyDeps {
  readonly loginAttempts: LoginAttemptStore
  readonly clock: Clock
}

/** A ceremony of a person who is not logged in. */
export interface Ceremony {
  readonly challenge: string
  /** The token of the attempt that keeps the challenge. */
  readonly token: string
  /** Milliseconds since 1970 UTC. */
  readonly beganAt: number
}

/** What a ceremony is for. */
export interface CeremonyInput {
  readonly caller: Caller
  /** The round that the passkey proves. Empty for a registration: its attempt can never become a login. */
  readonly openRounds: readonly (readonly Method[])[]
  /** The address of a registration. */
  readonly email: EmailAddress | null
}

/** Begins a login or a registration with a passkey: stores an attempt without a user, with the hash of a new challenge. */
export async function beginCeremony(
  { loginAttempts, clock }: CeremonyDeps,
  { caller, openRounds, email }: CeremonyInput,
): Promise<Ceremony> {
  const challenge = newChallenge()
  const token = newAttemptToken()
  const beganAt = clock()
  const record = {
    tokenHash: hashToken(token),
    userId: null,
    securityEpoch: 0,
    openRounds,
    provenMethods: [],
    remember: false,
    client: caller.client,
    deviceHash: hashDevice(caller.device),
    challengeHash: hashChallenge(challenge),
    email,
    tries: 0,
    createdAt: beganAt,
    expiresAt: beganAt + ATTEMPT_LIFE_MS,
  }
  await loginAttempts.begin(record, onlyEvents())
  return { challenge, token, beganAt }
}
