/*
 * All calls, derived from what each room states in its `wire.ts`. This file has types only: the client is made of them, and
 * they cost nothing at run time. test/client/wire.test.ts compares them with the OpenAPI document.
 */
import type { accessCalls } from '../access/wire.ts'
import type { AccessTokenExportJson, accessTokenCalls } from '../access-tokens/wire.ts'
import type { AccountExportJson, accountCalls, emailCalls } from '../accounts/wire.ts'
import type { auditCalls, EventExportJson, UserEventsJson } from '../audit/wire.ts'
import type { emailCodeCalls } from '../factors/email-code/wire.ts'
import type { passkeyCalls } from '../factors/passkeys/wire.ts'
import type { RecoveryExportJson, recoveryCalls } from '../factors/recovery/wire.ts'
import type { FactorExportJson, factorCalls } from '../factors/wire.ts'
import type { forwardAuthCalls } from '../forward-auth/wire.ts'
import type { documentCalls } from '../http/wire.ts'
import type { loginCalls } from '../login/wire.ts'
import type { GrantExportJson, oauthCalls } from '../oauth/wire.ts'
import type { passwordCalls } from '../passwords/wire.ts'
import type { IdentityExportJson, providerCalls } from '../providers/wire.ts'
import type { registrationCalls } from '../registration/wire.ts'
import type { SessionExportJson, sessionCalls } from '../sessions/wire.ts'
import type { UserEventType } from './events.ts'

export type { LoginJson, SessionJson } from '../sessions/wire.ts'

type Calls = typeof documentCalls &
  typeof registrationCalls &
  typeof loginCalls &
  typeof sessionCalls &
  typeof accountCalls &
  typeof auditCalls &
  typeof emailCalls &
  typeof passwordCalls &
  typeof accessTokenCalls &
  typeof factorCalls &
  typeof recoveryCalls &
  typeof emailCodeCalls &
  typeof passkeyCalls &
  typeof providerCalls &
  typeof oauthCalls &
  typeof accessCalls &
  typeof forwardAuthCalls

/** Everything that is stored about a user, except what proves their identity. Each room states its part. */
export interface UserExportJson
  extends AccountExportJson,
    SessionExportJson,
    AccessTokenExportJson,
    FactorExportJson,
    RecoveryExportJson,
    IdentityExportJson,
    GrantExportJson,
    EventExportJson {}

/** Answers that more than one room states. */
interface JoinedAnswers {
  readonly 'GET /user/export': UserExportJson
  readonly 'GET /user/events': UserEventsJson<UserEventType>
}

/** Method and path of a call. */
export type WireKey = keyof Calls

/** The types of a call: query, body, answer, and the codes of its refusals. */
export type WireTypes<Key extends WireKey> = NonNullable<Calls[Key]['types']>

/** The answer of a call, with the parts of all rooms. */
export type WireAnswer<Key extends WireKey> = Key extends keyof JoinedAnswers
  ? JoinedAnswers[Key]
  : WireTypes<Key>['answer']
