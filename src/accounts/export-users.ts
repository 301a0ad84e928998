import type { InvitationMoves } from '../invitations/move-invitations.ts'
import { toIsoTime } from '../kernel/clock.ts'
import type { UserId } from '../kernel/ids.ts'
import type { ImportLine, ImportUser } from './import-types.ts'
import type { MovedUser, UserStore } from './store.ts'

/** Dependencies of `exportUsers`. */
export interface ExportUsersDeps {
  readonly users: UserStore
  readonly invitationMoves: InvitationMoves
}

const PAGE = 500

/** Yields all users and all open invitations in the form that `importUsers` reads, the oldest user first. */
export async function* exportUsers({ users, invitationMoves }: ExportUsersDeps): AsyncGenerator<ImportLine> {
  for (let after: UserId | null = null; ; ) {
    const page: MovedUser[] = await users.listMoved({ after, limit: PAGE })
    yield* page.map(toLine)
    after = page.at(-1)?.user.id ?? null
    if (page.length < PAGE) break
  }
  for await (const invitation of invitationMoves.list()) yield { invitation }
}

function toLine({ user, passwordHash, ...rest }: MovedUser): ImportUser {
  const { passwordChangedAt, passwordDisabledFor, totp, recoveryCodes, passkeys = [], identities = [] } = rest
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    emailVerified: user.emailVerified,
    createdAt: toIsoTime(user.createdAt),
    disabled: user.disabledAt !== null,
    passwordHash,
    ...(passwordChangedAt != null && { passwordChangedAt: toIsoTime(passwordChangedAt) }),
    ...(passwordDisabledFor != null && { passwordDisabledFor }),
    ...(totp != null && {
      totp: {
        ...totp,
        createdAt: toIsoTime(totp.createdAt),
        confirmedAt: toIsoTime(totp.confirmedAt),
        lastUsedAt: totp.lastUsedAt === null ? null : toIsoTime(totp.lastUsedAt),
      },
    }),
    ...(recoveryCodes != null && {
      recoveryCodes: { ...recoveryCodes, createdAt: toIsoTime(recoveryCodes.createdAt) },
    }),
    ...(passkeys.length > 0 && {
      passkeys: passkeys.map(({ createdAt, lastUsedAt, ...each }) => ({
        ...each,
        createdAt: toIsoTime(createdAt),
        lastUsedAt: lastUsedAt === null ? null : toIsoTime(lastUsedAt),
      })),
    }),
    ...(identities.length > 0 && {
      identities: identities.map((each) => ({ ...each, createdAt: toIsoTime(each.createdAt) })),
    }),
  }
}
