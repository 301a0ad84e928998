import type { AccessKind } from '../kernel/feature.ts'
import type { FirstProofs } from '../kernel/first-proofs.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'
import type { User } from '../kernel/principal.ts'
import type { NoticeDeps } from '../throttle/write-notice.ts'
import type { IdentityEvent } from './events.ts'
import type { ShowIdentityDeps } from './identity-json.ts'
import { writeIdentityChangedMail } from './mails/identity-changed.ts'
import { providerName } from './provider-name.ts'
import type { IdentityStore } from './store.ts'

/** Dependencies of `identityAccess`. */
export interface IdentityAccessDeps extends ShowIdentityDeps, NoticeDeps {
  readonly identities: IdentityStore
  /** The ways to log in. */
  readonly proofs: FirstProofs
}

/** The identities in the list of everything that opens an account. */
export function identityAccess(deps: IdentityAccessDeps): AccessKind {
  const { identities, providers, identityUses, proofs } = deps
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
      const mails = await writeMails(deps, user)
      const preferred = proofs.providers.filter((id) => session.methods.includes(`provider:${id}`))
      return identities.unlinkAll({ userId: user.id, proofs, preferred }, (gone) => ({
        events: gone.map(({ id: identityId, provider }) => {
          const unlinked: IdentityEvent = { type: 'identity.unlinked', userId: user.id, identityId, provider }
          return stamp(unlinked)
        }),
        mails: gone.flatMap(({ id }) => mails.get(id) ?? []),
      }))
    },
  }
}

/** Writes an email about each identity of a user, by the id of the identity. */
async function writeMails(deps: IdentityAccessDeps, user: User): Promise<ReadonlyMap<string, readonly OutgoingMail[]>> {
  const mails = new Map<string, readonly OutgoingMail[]>()
  for (const { id, provider } of await deps.identities.list(user.id)) {
    mails.set(id, await writeIdentityChangedMail(deps, user, 'unlinked', providerName(deps.providers, provider)))
  }
  return mails
}
