import { defineCalls, json } from '../kernel/define-calls.ts'
import type { UserJson } from '../kernel/wire.ts'

/** Body of `POST /email/verify`. Without a session of the account, it has one of the two passwords as well. */
export interface VerifyEmailBody {
  readonly token: string
  /** The password of the account. */
  readonly password?: string | undefined
  /** A new password. It revokes all sessions and access tokens from before. */
  readonly newPassword?: string | undefined
}

/** Body of `POST /email/change/confirm`. Without a session of the account, it has the password as well. */
export interface ConfirmEmailChangeBody {
  readonly token: string
  /** The password of the account. */
  readonly password?: string | undefined
}

/** An emailed link that was not used yet. */
export interface PendingLinkJson {
  readonly purpose: string
  readonly email: string | null
  readonly createdAt: string
  readonly expiresAt: string
}

/** The part of accounts in `GET /user/export`. `catalogue/wire.ts` adds the parts of other rooms. */
export interface AccountExportJson {
  readonly exportedAt: string
  readonly user: UserJson
  readonly password: { readonly changedAt: string } | null
  readonly pendingLinks: readonly PendingLinkJson[]
  readonly mailsWaiting: number
}

/** The calls that show, change, export and delete your account. */
export const accountCalls = defineCalls({
  'GET /user': { name: 'user.get', access: 'user', answer: json<{ readonly user: UserJson }>() },
  'PATCH /user': {
    name: 'user.rename',
    access: 'session',
    body: json<{ readonly name: string | null }>(),
    answer: json<{ readonly user: UserJson }>(),
    refusals: ['too_many_requests'],
  },
  'DELETE /user': { name: 'user.delete', access: 'fresh_session', answer: null },
  'GET /user/export': {
    name: 'user.export',
    access: 'session',
    answer: json<AccountExportJson>(),
    refusals: ['too_many_requests', 'cross_origin'],
  },
})

/** The calls that verify and change the email address of an account. */
export const emailCalls = defineCalls({
  'POST /email/verify/request': {
    name: 'email.requestVerification',
    access: 'session',
    answer: null,
    refusals: ['too_many_requests'],
  },
  'POST /email/verify': {
    name: 'email.verify',
    access: 'anyone',
    body: json<VerifyEmailBody>(),
    answer: null,
    refusals: ['token_invalid', 'proof_required', 'wrong_password', 'too_many_requests', 'overloaded'],
  },
  'POST /email/change': {
    name: 'email.change',
    access: 'fresh_session',
    body: json<{ readonly email: string }>(),
    answer: null,
    refusals: ['too_many_requests'],
  },
  'POST /email/change/confirm': {
    name: 'email.confirmChange',
    access: 'anyone',
    body: json<ConfirmEmailChangeBody>(),
    answer: null,
    refusals: ['token_invalid', 'proof_required', 'wrong_password', 'email_taken', 'too_many_requests', 'overloaded'],
  },
  'POST /email/change/undo': {
    name: 'email.undoChange',
    access: 'anyone',
    body: json<{ readonly token: string }>(),
    answer: null,
    refusals: ['token_invalid', 'email_taken'],
  },
})
