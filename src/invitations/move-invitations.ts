import { z } from 'zod'
import type { TokenHash } from '../crypto/token.ts'
import { toIsoTime } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import type { InvitationEvent } from './events.ts'

/** An open invitation, as `users.export` writes it and `users.import` reads it. Times are ISO 8601. */
export interface MovedInvitation {
  /** SHA-256 of the token. The link of the invitation stays valid. */
  readonly tokenHash: string
  /** Null: any address can use the invitation. */
  readonly email: string | null
  readonly createdAt: string
  readonly expiresAt: string
}

const PAGE = 500
const INSTANT = 'Must be a time in ISO 8601 with its zone, such as 2024-05-01T12:00:00Z.'
const instantSchema = z.iso.datetime({ offset: true, error: INSTANT }).transform((text) => Date.parse(text))

/** The schema of a moved invitation. */
export const movedInvitationSchema = z.strictObject({
  tokenHash: z
    .string('Must be a string.')
    .regex(/^[\w-]{43}$/, 'Must be the SHA-256 of a token, in base64url.')
    .transform((text) => text as TokenHash), // the expression checked it
  email: z.string('Must be a string or null.').nullable().transform(toAddress),
  createdAt: instantSchema,
  expiresAt: instantSchema,
})

function toAddress(text: string | null, context: z.RefinementCtx): EmailAddress | null {
  const email = text === null ? null : parseEmailAddress(text)
  if (text === null || email !== null) return email
  context.addIssue({ code: 'custom', message: 'Must be an email address, such as ada@example.com.' })
  return z.NEVER
}

/** Moves invitations from one database to another. */
export interface InvitationMoves {
  /** Yields the invitations that have not expired. */
  list(): AsyncGenerator<MovedInvitation>
  /** Returns whether the invitation was there already. */
  isThere(invitation: z.output<typeof movedInvitationSchema>): Promise<boolean>
  add(invitation: z.output<typeof movedInvitationSchema>): Promise<void>
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
