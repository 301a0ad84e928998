import { z } from 'zod'
import { acceptArgument, strictMembers, wholeNumber } from '../kernel/arguments.ts'
import { DAY_MS } from '../kernel/clock.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import { withIsoTimes } from '../kernel/iso-times.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
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
  /** Lifetime in milliseconds, at most 10 years. Default 7 days. */
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

const NO_ADDRESS = 'must be an email address, such as ada@example.com'
const MAX_LIFE_MS = 3_660 * DAY_MS

const invitationSchema = strictMembers({
  email: z
    .string(NO_ADDRESS)
    .transform((text, context): EmailAddress => {
      const email = parseEmailAddress(text)
      if (email !== null) return email
      context.addIssue({ code: 'custom', message: NO_ADDRESS })
      return z.NEVER
    })
    .optional(),
  lifeMs: wholeNumber(1, MAX_LIFE_MS, 'a whole number of milliseconds').optional(),
})

/** Creates the server-side calls about invitations. */
export function createServerSideInvitations(
  deps: InvitationDeps,
  stamp: Stamp<InvitationEvent>,
): ServerSideInvitations {
  return {
    async create(invitation = {}) {
      const accepted = acceptArgument(invitationSchema, invitation)
      const { email = null, lifeMs = ONE_TIME_TOKENS.invitation.lifeMs } = accepted
      const { token, record } = newOneTimeToken(deps.clock, { purpose: 'invitation', userId: null, email, lifeMs })
      const link = deps.links.register(token)
      const days = Math.max(1, Math.floor(lifeMs / DAY_MS))
      const content: InvitationMail = { kind: 'invitation', link, days }
      const mails = email === null ? [] : deps.outbox.write({ to: email, userId: null, content })
      await deps.oneTimeTokens.issue([record], () => ({
        events: [stamp({ type: 'invitation.created', userId: null })],
        mails,
      }))
      return withIsoTimes({ token, link, expiresAt: record.expiresAt })
    },
  }
}
