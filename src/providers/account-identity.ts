import { v7 } from 'uuid'
import type { Clock } from '../kernel/clock.ts'
import type { NewIdentity } from '../kernel/identity.ts'
import type { Provider } from './provider.ts'
import type { ProviderAccount, ProviderProfile } from './provider-client.ts'

/** Returns the identity of an account at a provider, to link it. */
export function newIdentity(
  clock: Clock,
  provider: Provider,
  { issuer, subject }: ProviderAccount,
  { email }: ProviderProfile,
): NewIdentity {
  const now = clock()
  return {
    id: v7({ msecs: now }),
    provider: provider.id,
    issuer,
    subject,
    email: email.address,
    emailVerified: email.isVerified,
    createdAt: now,
  }
}
