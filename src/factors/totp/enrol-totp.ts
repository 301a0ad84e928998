import type { Sealer } from '../../crypto/sealed-text.ts'
import { type Clock, MINUTE_MS } from '../../kernel/clock.ts'
import type { User } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { FACTOR_REFUSALS } from '../refusals.ts'
import type { TotpRecord, TotpStore } from './store.ts'
import { type AuthenticatorSetup, describeSetup, newTotpSecret } from './totp-code.ts'

/** Time to confirm a new secret. */
const PENDING_MS = 30 * MINUTE_MS

/** Dependencies of the TOTP actions. */
export interface TotpDeps {
  readonly totp: TotpStore
  readonly totpSealer: Sealer
  /** The name under which apps list the account. */
  readonly siteName: string
  readonly clock: Clock
}

/**
 * Creates a TOTP secret for a user. It is not in force until the user confirms it with a code.
 * @throws Refusal `factor_exists`.
 */
export async function enrolTotp(
  { totp, totpSealer, siteName, clock }: TotpDeps,
  { id, email }: User,
): Promise<AuthenticatorSetup> {
  const secret = await newTotpSecret()
  const isStored = await totp.begin({ userId: id, sealedSecret: totpSealer.seal(secret), createdAt: clock() })
  if (!isStored) throw new Refusal(FACTOR_REFUSALS.factor_exists)
  return describeSetup(secret, siteName, email)
}

/** Returns true if a secret waits for its first code. */
export function isPending({ confirmedAt, createdAt }: TotpRecord, now: number): boolean {
  return confirmedAt === null && now - createdAt <= PENDING_MS
}

/** Returns what an app needs for the secret that waits for its first code; null if there is none. */
export async function findPendingSetup(
  { totp, totpSealer, siteName, clock }: TotpDeps,
  { id, email }: User,
): Promise<AuthenticatorSetup | null> {
  const found = await totp.find(id)
  const secret = found === null || !isPending(found, clock()) ? null : totpSealer.open(found.sealedSecret)
  return secret === null ? null : describeSetup(secret, siteName, email)
}
