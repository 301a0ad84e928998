import type { Features } from './features.ts'
import type { Latchkey } from './instance.ts'
import { exactCalls } from './kernel/surplus-arguments.ts'

/** The members of an instance that hold server-side calls. */
type ServerSideCalls = Pick<
  Latchkey,
  'users' | 'sessions' | 'tokens' | 'factors' | 'oauthClients' | 'signingKeys' | 'invitations' | 'audit'
>

/** Returns the server-side calls of all features. The numbers are those of their parameters: a surplus argument is refused. */
export function serverSideCalls(features: Features): ServerSideCalls {
  return {
    users: exactCalls('users', features.accounts.api, {
      create: 1,
      import: 2,
      export: 0,
      find: 1,
      list: 1,
      disable: 1,
      enable: 1,
      delete: 1,
      forcePasswordReset: 1,
      unlock: 1,
    }),
    sessions: exactCalls('sessions', features.sessions.api, {
      list: 1,
      revoke: 2,
      revokeAll: 1,
      count: 1,
      revokeWhere: 1,
    }),
    tokens: exactCalls('tokens', features.accessTokens.api, { create: 2, list: 1, revoke: 2 }),
    factors: exactCalls('factors', features.recovery.api, { list: 1, remove: 3 }),
    oauthClients: exactCalls('oauthClients', features.oauth.api, {
      create: 1,
      list: 0,
      update: 2,
      rotateSecret: 1,
      delete: 1,
    }),
    signingKeys: exactCalls('signingKeys', features.signingKeys.api, { rotate: 0 }),
    invitations: exactCalls('invitations', features.invitations.api, { create: 1 }),
    audit: exactCalls('audit', features.audit.api, { list: 1, verify: 1, seal: 0 }),
  }
}
