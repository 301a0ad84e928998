import type { Migration } from '../migration.ts'
import { core } from './0001-core.ts'
import { accounts } from './0002-accounts.ts'
import { tokens } from './0003-tokens.ts'
import { loginAttempts } from './0004-login-attempts.ts'
import { tokenSessions } from './0005-token-sessions.ts'
import { lowerCaseEmailAddresses } from './0006-lower-case-emails.ts'
import { factors } from './0007-factors.ts'
import { longLists } from './0008-long-lists.ts'
import { attemptChallenges } from './0009-attempt-challenges.ts'
import { passkeys } from './0010-passkeys.ts'
import { identities } from './0011-identities.ts'
import { oauth } from './0012-oauth.ts'
import { factorRemovals } from './0013-factor-removals.ts'
import { redirectUrisOfGrants } from './0014-redirect-uris-of-grants.ts'
import { signingKeys } from './0015-signing-keys.ts'
import { oauthLogins } from './0016-oauth-logins.ts'
import { usersOfClients } from './0017-users-of-clients.ts'

/** All migrations, in the order in which they run. */
export const MIGRATIONS: readonly Migration[] = [
  core,
  accounts,
  tokens,
  loginAttempts,
  tokenSessions,
  lowerCaseEmailAddresses,
  factors,
  longLists,
  attemptChallenges,
  passkeys,
  identities,
  oauth,
  factorRemovals,
  redirectUrisOfGrants,
  signingKeys,
  oauthLogins,
  usersOfClients,
]
