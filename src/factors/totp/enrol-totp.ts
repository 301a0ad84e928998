import { hash } from 'node:crypto'
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

/** A secret that waits for its first code. */
export interface PendingSetup {
  readonly setup: AuthenticatorSetup
  /** Names the secret without telling it. */
  readonly setupId: string
}

/**
 * Creates a TOTP secret for a user. It is not in force until the user confirms it with a code.
 * @throws Refusal `factor_exists`.
 */
export async function enrolTotp(
  { totp, totpSealer, siteName, clock }: TotpDeps,
  { id, email }: User,
): Promise<PendingSetup> {
  const secret = await newTotpSecret()
  const sealedSecret = totpSealer.seal(secret)
  const isStored = await totp.begin({ userId: id, sealedSecret, createdAt: clock() })
  if (!isStored) throw new Refusal(FACTOR_REFUSALS.factor_exists)
  return { setup: await describeSetup(secret, siteName, email), setupId: nameOf(sealedSecret) }
}

/** Returns true if a secret waits for its first code. */
export function isPending({ confirmedAt, createdAt }: TotpRecord, now: number): boolean {
  return confirmedAt === null && now - createdAt <= PENDING_MS
}

/**
 * Returns what an app needs for the secret that waits for its first code; null if there is none, or if it has another name. Another
 * session of the account may have created that one: a page must not show a secret that an intruder knows.
 */
export async function findPendingSetup(
  { totp, totpSealer, siteName, clock }: TotpDeps,
  { id, email }: User,
  setupId: string,
): Promise<AuthenticatorSetup | null> {
  const found = await totp.find(id)
  const isWanted = found !== null && isPending(found, clock()) && nameOf(found.sealedSecret) === setupId
  const secret = isWanted ? totpSealer.open(found.sealedSecret) : null
  return secret === null ? null : describeSetup(secret, siteName, email)
}

function nameOf(sealedSecret: string): string {
  return hash('sha256', sealedSecret, 'base64url')
}
