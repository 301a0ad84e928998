import { DAY_MS } from '../kernel/clock.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import { invalidMember } from '../kernel/refusal.ts'
import { newOneTimeToken, ONE_TIME_TOKENS, type OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import type { InvitationEvent } from './events.ts'
import type { InvitationMail } from './mails/invitation.ts'

/** What inviting works with. */
export interface InvitationDeps extends OneTimeTokenDeps {
  readonly outbox: Outbox
  readonly links: Links
}

/** Who is invited, and for how long. */
export interface NewInvitation {
  /** Only this address may register with it, and gets it by mail. Default: whoever has the link. */
  readonly email?: string
  /** Milliseconds for which it is good. Default 7 days. */
  readonly lifeMs?: number
}

/** An invitation, shown this once: of its token only the hash is stored. */
export interface Invitation {
  readonly token: string
  /** The registration page with the invitation. */
  readonly link: string
  /** Milliseconds since 1970 UTC. */
  readonly expiresAt: number
}

/** Invitations, for the application itself: none of this is reachable over HTTP. */
export interface ServerSideInvitations {
  /** Makes an invitation for one registration. Throws validation_failed for what is no address, or no time. */
  create(invitation?: NewInvitation): Promise<Invitation>
}

/** Makes the server-side calls about invitations. */
export function createServerSideInvitations(
  deps: InvitationDeps,
  stamp: Stamp<InvitationEvent>,
): ServerSideInvitations {
  return {
    async create({ email: text, lifeMs = ONE_TIME_TOKENS.invitation.lifeMs } = {}) {
      const email = text === undefined ? null : parseEmailAddress(text)
      if (text !== undefined && email === null) throw invalidMember('#/email', 'Must be an email address.')
      if (!Number.isSafeInteger(lifeMs) || lifeMs < 1)
        throw invalidMember('#/lifeMs', 'Must be milliseconds, 1 or more.')
      const { token, record } = newOneTimeToken(deps.clock, { purpose: 'invitation', userId: null, email, lifeMs })
      const link = deps.links.register(token)
      const days = Math.max(1, Math.floor(lifeMs / DAY_MS))
      const content: InvitationMail = { kind: 'invitation', link, days }
      const mails = email === null ? [] : deps.outbox.write({ to: email, userId: null, content })
      await deps.oneTimeTokens.issue([record], () => ({
        events: [stamp({ type: 'invitation.created', userId: null })],
        mails,
      }))
      return { token, link, expiresAt: record.expiresAt }
    },
  }
}
