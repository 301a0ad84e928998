import type { AuditStore } from '../../audit/store.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { FactorEvent } from '../events.ts'
import { toUserHandle } from './challenge.ts'
import { passkeyRefused } from './refusals.ts'
import type { RelyingParty } from './relying-party.ts'
import type { FoundPasskey, PasskeyStore } from './store.ts'
import { verifyAssertion } from './verify-assertion.ts'
import type { AssertionJson } from './wire.ts'

/** Dependencies of `usePasskey`. */
export interface UsePasskeyDeps {
  readonly passkeys: PasskeyStore
  readonly rp: RelyingParty
  readonly clock: Clock
  readonly audit: AuditStore
}

/** An answer of an authenticator to a challenge that was taken. */
export interface PasskeyAnswer {
  readonly credential: AssertionJson
  readonly challenge: string
  readonly found: FoundPasskey
  /** True: the passkey alone says who the user is, so the authenticator must name the user. */
  readonly needsUserHandle: boolean
}

/**
 * Verifies the use of a passkey, and records it.
 * @throws Refusal `passkey_refused`.
 */
export async function usePasskey(
  { passkeys, rp, clock, audit }: UsePasskeyDeps,
  { credential, challenge, found: { passkey }, needsUserHandle }: PasskeyAnswer,
  stamp: Stamp<FactorEvent>,
): Promise<void> {
  const handle = credential.response.userHandle ?? null
  const isOwn = handle === null ? !needsUserHandle : handle === toUserHandle(passkey.userId)
  if (!isOwn) throw passkeyRefused('the user handle is absent or that of another user')
  const verified = await verifyAssertion(rp, { credential, passkey, challenge }).catch((error: unknown) => {
    throw passkeyRefused(error)
  })
  if (await passkeys.use({ ...verified, usedAt: clock() })) return
  const regressed = stamp({ type: 'passkey.counter_regressed', userId: passkey.userId, passkeyId: passkey.id })
  await audit.write({ events: [regressed] })
  throw passkeyRefused('the counter did not increase, or the passkey was removed in the meantime')
}
