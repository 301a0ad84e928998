import { defineCalls, json } from '../kernel/define-calls.ts'
import type { StepRequiredJson } from '../login/wire.ts'
import type { CompleteJson, SessionJson } from '../sessions/wire.ts'
import type { PasskeyJson } from './passkeys/wire.ts'

/** Body of a call that takes a code. */
export interface CodeBody {
  readonly code: string
  /** True: the next logins on this browser do not ask for a second factor, for 30 days. */
  readonly rememberDevice?: boolean | undefined
}

/** What an authenticator app needs. */
export interface TotpSetupJson {
  /** The secret in Base32. */
  readonly secret: string
  /** `otpauth://totp/…` */
  readonly uri: string
  /** The URI as a QR code, in SVG. */
  readonly qr: string
}

/** Recovery codes. They are shown only once. */
export interface RecoveryCodesJson {
  readonly recoveryCodes: readonly string[]
}

/** The answer to a first code: recovery codes. In a login that required the factor also the login, which is complete now. */
export type TotpConfirmedJson = RecoveryCodesJson | ((CompleteJson | StepRequiredJson) & RecoveryCodesJson)

/** A browser that is not asked for a second factor. */
export interface RememberedDeviceJson {
  readonly id: string
  /** A name for users: `Firefox on Linux`. */
  readonly label: string
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

/** The factors of a user. */
export interface FactorsJson {
  /** True if the account has a password. */
  readonly password: boolean
  readonly passkeys: readonly PasskeyJson[]
  /** Null: no authenticator app is set up. */
  readonly totp: { readonly createdAt: string; readonly lastUsedAt: string | null } | null
  /** Null: there are none, or all are used. */
  readonly recoveryCodes: { readonly left: number; readonly createdAt: string } | null
  readonly rememberedDevices: readonly RememberedDeviceJson[]
}

/** The part of factors in `GET /user/export`. */
export interface FactorExportJson {
  readonly factors: FactorsJson
}

const STEP_REFUSALS = ['attempt_ended', 'wrong_code', 'too_many_requests'] as const

/** The calls that set up, list, use and remove factors. */
export const factorCalls = defineCalls({
  'GET /factors': { name: 'factors.list', access: 'session', answer: json<FactorsJson>() },
  'DELETE /factors/remembered-devices/{id}': { name: 'factors.forgetDevice', access: 'session', answer: null },
  'POST /totp': {
    name: 'totp.create',
    access: 'fresh_session',
    answer: json<TotpSetupJson>(),
    refusals: ['factor_exists', 'too_many_requests'],
  },
  'POST /totp/confirm': {
    name: 'totp.confirm',
    access: 'fresh_session',
    body: json<{ readonly code: string }>(),
    answer: json<TotpConfirmedJson>(),
    refusals: ['wrong_code', 'attempt_ended', 'too_many_requests'],
  },
  'DELETE /totp': { name: 'totp.remove', access: 'fresh_session', answer: null, refusals: ['not_found'] },
  'POST /recovery-codes': {
    name: 'recoveryCodes.create',
    access: 'fresh_session',
    answer: json<RecoveryCodesJson>(),
    refusals: ['no_factor', 'too_many_requests'],
  },
  'POST /login/totp': {
    name: 'login.totp',
    access: 'anyone',
    body: json<CodeBody>(),
    answer: json<CompleteJson | StepRequiredJson>(),
    refusals: STEP_REFUSALS,
  },
  'POST /login/recovery-code': {
    name: 'login.recoveryCode',
    access: 'anyone',
    body: json<CodeBody>(),
    answer: json<CompleteJson | StepRequiredJson>(),
    refusals: STEP_REFUSALS,
  },
  'POST /reauthenticate/totp': {
    name: 'reauthenticateWith.totp',
    access: 'session',
    body: json<CodeBody>(),
    answer: json<{ readonly session: SessionJson }>(),
    refusals: ['wrong_code', 'too_many_requests'],
  },
})
