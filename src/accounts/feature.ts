import { z } from 'zod'
import type { Core } from '../core.ts'
import { createSealer } from '../crypto/sealed-text.ts'
import type { InvitationMoves } from '../invitations/move-invitations.ts'
import { toIsoTime } from '../kernel/clock.ts'
import type { ExportPart, Feature } from '../kernel/feature.ts'
import type { LoginStep } from '../kernel/login-step.ts'
import { toUserJson, userJsonSchema } from '../kernel/user-json.ts'
import type { Pages } from '../pages/pages.ts'
import type { PasswordService } from '../passwords/password-service.ts'
import type { SessionMemory } from '../sessions/session-memory.ts'
import { accountPages } from './account-pages.ts'
import { emailPages } from './email-pages.ts'
import { emailRoutes, type LogInReader } from './email-routes.ts'
import { REGISTRANT_PURPOSE } from './registrant-cookie.ts'
import type { VerifyEmailMode } from './request-verification.ts'
import { accountRoutes } from './routes.ts'
import { createServerSideUsers, type ServerSideUsers } from './server-side-users.ts'
import type { UserStore } from './store.ts'

/** Settings and services of accounts. */
export interface AccountsOptions extends PasswordService {
  readonly verifyEmailMode: VerifyEmailMode
  /** The login steps of all features. */
  readonly steps: readonly LoginStep[]
  readonly memory: SessionMemory
  readonly pages: Pages
  readonly logInReader: LogInReader
  /** Parts that the other features add to `GET /user/export`. */
  readonly exports: readonly ExportPart[]
  readonly invitationMoves: InvitationMoves
  /** Returns whether the service has the secret that sealed a TOTP secret. */
  readonly opensTotp: (sealedSecret: string) => boolean
}

/** Creates the accounts feature: show, rename, export and delete an account; verify and change its email address. */
export function accounts(
  core: Core,
  { memory, pages, exports, ...options }: AccountsOptions,
): Feature & { readonly api: ServerSideUsers } {
  const registrantSealer = createSealer(core.secrets, REGISTRANT_PURPOSE)
  const deps = { ...core, ...core.stores, ...memory, ...options, registrantSealer }
  const sendsEmail = !core.outbox.isOff
  const exportParts = [accountExport(deps.users), ...exports]
  return {
    name: 'accounts',
    words: [
      'export',
      ...(sendsEmail ? ['email_change'] : []),
      ...(sendsEmail && options.verifyEmailMode !== 'off' ? ['email_verification'] : []),
    ],
    routes: [
      ...accountRoutes({ ...deps, exportParts, exporting: new Set() }),
      ...(sendsEmail
        ? [...emailRoutes(deps), ...emailPages({ ...deps, pages, minLength: options.policy.minLength })]
        : []),
    ],
    accountPages: accountPages({ ...deps, sendsEmail }),
    jobs: [{ name: 'erase personal data of deleted users', every: 'sweep', run: () => deps.users.eraseDeleted() }],
    api: createServerSideUsers(deps, core.stamp),
  }
}

/**
 * Returns the account's own part of the export. For a password, the export contains the time it was set; for a one-time
 * token, its purpose.
 */
function accountExport(users: UserStore): ExportPart {
  return {
    shape: {
      user: userJsonSchema,
      password: z.object({ changedAt: z.iso.datetime() }).nullable(),
      pendingLinks: z.array(
        z.object({
          purpose: z.string(),
          email: z.string().nullable(),
          createdAt: z.iso.datetime(),
          expiresAt: z.iso.datetime(),
        }),
      ),
      mailsWaiting: z.int().nonnegative(),
    },
    async collect(id) {
      const stored = await users.describe(id)
      if (stored === null) return null
      const { user, passwordChangedAt, oneTimeTokens, mailsWaiting } = stored
      return {
        user: toUserJson(user),
        password: passwordChangedAt === null ? null : { changedAt: toIsoTime(passwordChangedAt) },
        pendingLinks: oneTimeTokens.map(({ purpose, email, createdAt, expiresAt }) => ({
          purpose,
          email,
          createdAt: toIsoTime(createdAt),
          expiresAt: toIsoTime(expiresAt),
        })),
        mailsWaiting,
      }
    },
  }
}
