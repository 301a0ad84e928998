import type { PasskeyStore } from '../factors/passkeys/store.ts'
import type { AccessKind } from '../kernel/feature.ts'
import type { FirstProofs } from '../kernel/first-proofs.ts'
import type { Identity } from '../kernel/identity.ts'
import type { UserId } from '../kernel/ids.ts'
import type { PasswordStore } from '../passwords/store.ts'
import type { IdentityEvent } from './events.ts'
import type { ShowIdentityDeps } from './identity-json.ts'
import { providerName } from './provider-name.ts'
import type { IdentityStore } from './store.ts'

/** Dependencies of `identityAccess`. */
export interface IdentityAccessDeps extends ShowIdentityDeps {
  readonly identities: IdentityStore
  readonly passwords: PasswordStore
  readonly passkeys: PasskeyStore
  /** The ways to log in. */
  readonly proofs: FirstProofs
}

/** The identities in the list of everything that opens an account. */
export function identityAccess(deps: IdentityAccessDeps): AccessKind {
  const { identities, providers, identityUses } = deps
  return {
    kind: 'identity',
    async list({ user }) {
      return (await identities.list(user.id)).map(({ id, provider, email, createdAt, lastUsedAt }) => ({
        id,
        name: [providerName(providers, provider), email].filter(Boolean).join(' · '),
        createdAt,
        lastUsedAt: identityUses.latest(id)?.lastUsedAt ?? lastUsedAt,
      }))
    },
    async revokeOthers({ user, session }, stamp) {
      const kept = (await hasOtherProof(deps, user.id)) ? null : choose(await identities.list(user.id), session.methods)
      return identities.unlinkAll(user.id, kept === null ? [] : [kept.id], (gone) => ({
        events: gone.map(({ id: identityId, provider }) => {
          const unlinked: IdentityEvent = { type: 'identity.unlinked', userId: user.id, identityId, provider }
          return stamp(unlinked)
        }),
      }))
    },
  }
}

async function hasOtherProof({ passwords, passkeys, proofs }: IdentityAccessDeps, userId: UserId): Promise<boolean> {
  if (proofs.emailLogin || (await passwords.findChangedAt(userId)) !== null) return true
  return proofs.passkeys && (await passkeys.list(userId)).length > 0
}

/** Without another proof, one identity must stay: the one that the session began with, or the one that was used last. */
function choose(all: readonly Identity[], methods: readonly string[]): Identity | null {
  const byUse = all.toSorted((left, right) => (right.lastUsedAt ?? 0) - (left.lastUsedAt ?? 0))
  return byUse.find(({ provider }) => methods.includes(`provider:${provider}`)) ?? byUse[0] ?? null
}
