import type { AuditStore } from '../audit/store.ts'
import type { Stamp } from '../kernel/event.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { LoginEvent } from './events.ts'
import { LOGIN_REFUSALS } from './refusals.ts'

/** Dependencies of `refuseLogin`. */
export interface RefuseLoginDeps {
  readonly audit: AuditStore
}

/** A refused login, for the audit log. */
export interface RefusedLogin {
  /** Null if the account does not exist. */
  readonly userId: string | null
  readonly reason: string
}

/**
 * Writes a refused login to the audit log, and returns the refusal `invalid_credentials`, which never contains the
 * reason.
 */
export async function refuseLogin(
  { audit }: RefuseLoginDeps,
  { userId, reason }: RefusedLogin,
  stamp: Stamp<LoginEvent>,
): Promise<Refusal> {
  await audit.write({ events: [stamp({ type: 'login.refused', userId, reason })] })
  return new Refusal(LOGIN_REFUSALS.invalid_credentials, { reason })
}
