import { defineCalls, json } from '../../kernel/define-calls.ts'
import type { StepRequiredJson } from '../../login/wire.ts'
import type { CompleteJson } from '../../sessions/wire.ts'

/** A recovery that was requested. */
export interface RecoveryWaitJson {
  /** From this time on, the same call removes the second factors. */
  readonly availableAt: string
}

/** The answer to a recovery: the wait, or after it the login. */
export type RecoverJson = RecoveryWaitJson | CompleteJson | StepRequiredJson

/** A removal of factors that waits. */
export interface FactorRemovalJson extends RecoveryWaitJson {
  /** `all`: a login asked for it. Otherwise an administrator asked to remove `totp`, `passkey` or `recovery_code`. */
  readonly method: string
  readonly requestedAt: string
}

/** The removals of factors that wait. */
export interface RecoveryJson extends RecoveryWaitJson {
  readonly requestedAt: string
  /** All removals, the next one first. */
  readonly removals: readonly FactorRemovalJson[]
}

/** The part of recoveries in `GET /user/export`. */
export interface RecoveryExportJson {
  /** Null: none waits. */
  readonly recovery: RecoveryJson | null
}

/** The calls that request, show and cancel a recovery. */
export const recoveryCalls = defineCalls({
  'POST /login/recovery': {
    name: 'login.recovery',
    access: 'anyone',
    answer: json<RecoverJson>(),
    refusals: ['attempt_ended', 'too_many_requests'],
  },
  'GET /recovery': {
    name: 'recovery.get',
    access: 'session',
    answer: json<RecoveryJson>(),
    refusals: ['not_found'],
  },
  'DELETE /recovery': { name: 'recovery.cancel', access: 'session', answer: null, refusals: ['not_found'] },
})
