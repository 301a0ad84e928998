import { DAY_MS } from '../kernel/clock.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import { invalidMember } from '../kernel/refusal.ts'
import { newOneTimeToken, ONE_TIME_TOKENS, type OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import type { InvitationEvent } from './events.ts'
import type { InvitationMail } from './mails/invitation.ts'

/** Dependencies of `createServerSideInvitations`. */
export interface InvitationDeps extends OneTimeTokenDeps {
  readonly outbox: Outbox
  readonly links: Links
}

/** The email address that is invited, and the lifetime of the invitation. */
export interface NewInvitation {
  /**
   * Only this address can register with the invitation, and receives it by email. Default: any address can use the
   * link.
   */
  readonly email?: string
  /** Lifetime in milliseconds. Default 7 days. */
  readonly lifeMs?: number
}

/** A new invitation. Its token is shown only this once: only the hash is stored. */
export interface Invitation {
  readonly token: string
  /** URL of the registration page, with the invitation. */
  readonly link: string
  /** Milliseconds since 1970 UTC. */
  readonly expiresAt: number
}

/** Server-side calls about invitations, for the application itself. None of them is reachable over HTTP. */
export interface ServerSideInvitations {
  /**
   * Creates an invitation for one registration. Throws `validation_failed` if the email address or the lifetime is
   * invalid.
   */
  create(invitation?: NewInvitation): Promise<Invitation>
}

/** Creates the server-side calls about invitations. */
export function createServerSideInvitations(
  deps: InvitationDeps,
  stamp: Stamp<InvitationEvent>,
): ServerSideInvitations {
  return {
    async create({ email: text, lifeMs = ONE_TIME_TOKENS.invitation.lifeMs } = {}) {
      const email = text === undefined ? null : parseEmailAddress(text)
      if (text !== undefined && email === null) throw invalidMember('#/email', 'Must be an email address.')
      if (!Number.isSafeInteger(lifeMs) || lifeMs < 1)
        throw invalidMember('#/lifeMs', 'Must be a number of milliseconds, at least 1.')
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
