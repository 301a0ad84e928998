import type { AccessKind } from '../kernel/feature.ts'
import type { Identity } from '../kernel/identity.ts'
import type { PasswordStore } from '../passwords/store.ts'
import type { IdentityEvent } from './events.ts'
import type { ShowIdentityDeps } from './identity-json.ts'
import { providerName } from './provider-name.ts'
import type { IdentityStore } from './store.ts'

/** Dependencies of `identityAccess`. */
export interface IdentityAccessDeps extends ShowIdentityDeps {
  readonly identities: IdentityStore
  readonly passwords: PasswordStore
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
      const hasPassword = (await deps.passwords.findChangedAt(user.id)) !== null
      const kept = hasPassword ? null : choose(await identities.list(user.id), session.methods)
      return identities.unlinkAll(user.id, kept === null ? [] : [kept.id], (gone) => ({
        events: gone.map(({ id: identityId, provider }) => {
          const unlinked: IdentityEvent = { type: 'identity.unlinked', userId: user.id, identityId, provider }
          return stamp(unlinked)
        }),
      }))
    },
  }
}

/** Without a password, one identity must stay: the one that the session began with, or the one that was used last. */
function choose(all: readonly Identity[], methods: readonly string[]): Identity | null {
  const byUse = all.toSorted((left, right) => (right.lastUsedAt ?? 0) - (left.lastUsedAt ?? 0))
  return byUse.find(({ provider }) => methods.includes(`provider:${provider}`)) ?? byUse[0] ?? null
}
