import type { AuditStore } from '../audit/store.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Refusal } from '../kernel/refusal.ts'
import type { LoginEvent } from '../login/events.ts'
import { providerRefused } from './provider-errors.ts'

/** Writes a refused login of a user to the audit log, and returns the refusal, which never contains the reason. */
export async function refuseProviderLogin(
  { audit }: { readonly audit: AuditStore },
  { userId, reason }: { readonly userId: string; readonly reason: string },
  stamp: Stamp<LoginEvent>,
): Promise<Refusal> {
  await audit.write({ events: [stamp({ type: 'login.refused', userId, reason })] })
  return providerRefused(reason)
}
