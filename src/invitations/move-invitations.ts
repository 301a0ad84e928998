import type { TokenHash } from '../crypto/token.ts'
import { toIsoTime } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import type { InvitationEvent } from './events.ts'
import type { ImportedInvitation, MovedInvitation } from './moved-invitation.ts'

const PAGE = 500
/** Moves invitations from one database to another. */
export interface InvitationMoves {
  /** Yields the invitations that have not expired. */
  list(): AsyncGenerator<MovedInvitation>
  /** Returns whether the invitation was there already. */
  isThere(invitation: ImportedInvitation): Promise<boolean>
  add(invitation: ImportedInvitation): Promise<void>
}

/** Creates the moves of invitations. */
export function createInvitationMoves(
  { oneTimeTokens, clock }: OneTimeTokenDeps,
  stamp: Stamp<InvitationEvent>,
): InvitationMoves {
  return {
    async *list() {
      for (let after: TokenHash | null = null; ; ) {
        const page = await oneTimeTokens.listInvitations({ after, limit: PAGE }, clock())
        for (const { tokenHash, email, createdAt, expiresAt } of page) {
          yield { tokenHash, email, createdAt: toIsoTime(createdAt), expiresAt: toIsoTime(expiresAt) }
        }
        after = page.at(-1)?.tokenHash ?? null
        if (page.length < PAGE) return
      }
    },
    isThere: async ({ tokenHash }) => (await oneTimeTokens.find(tokenHash, ['invitation'], clock())) !== null,
    async add(invitation) {
      const record = { ...invitation, purpose: 'invitation', userId: null, sessionId: null } as const
      await oneTimeTokens.issue([record], onlyEvents(stamp({ type: 'invitation.created', userId: null })))
    },
  }
}
