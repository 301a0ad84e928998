import type { Stamp } from '../../kernel/event.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { LoginEvent } from '../../login/events.ts'
import { type FinishLoginDeps, finishLogin, type LoginOutcome } from '../../login/finish-login.ts'
import { beginLogin, proveStep } from '../../login/login-attempt.ts'
import { LOGIN_REFUSALS } from '../../login/refusals.ts'
import { type RequireVerifiedDeps, refuseUnverified } from '../../login/require-verified.ts'
import { provenTry } from '../../throttle/password-tries.ts'
import type { Caller } from '../../throttle/throttle.ts'
import type { CeremonyDeps } from './begin-ceremony.ts'
import { passkeyRefused } from './refusals.ts'
import type { FoundPasskey } from './store.ts'
import { type TakenCeremony, takeCeremony } from './take-ceremony.ts'
import { type UsePasskeyDeps, usePasskey } from './use-passkey.ts'
import type { AssertionJson } from './wire.ts'

/** Dependencies of `logInWithPasskey`. */
export interface LogInWithPasskeyDeps extends CeremonyDeps, UsePasskeyDeps, FinishLoginDeps, RequireVerifiedDeps {}

/** The answer of an authenticator, the caller, and the session of the same browser that the new one replaces. */
export interface LogInWithPasskeyInput {
  readonly credential: AssertionJson
  readonly remember: boolean
  /** The tokens of the attempts that the request may continue. */
  readonly tokens: readonly string[]
  readonly caller: Caller
  readonly replaces: SessionPrincipal | null
}

/**
 * Logs a user in with a passkey: alone, or as the second step of a login in progress. The authenticator verified the user, so a
 * passkey is two factors in one, and nothing else is asked for.
 * @throws Refusal `passkey_refused`, the same for an unknown passkey, a disabled account and a wrong answer; `attempt_ended` if the
 *   account changed since the login began; `email_not_verified`, `unavailable`.
 */
export async function logInWithPasskey(
  deps: LogInWithPasskeyDeps,
  input: LogInWithPasskeyInput,
  stamp: Stamp,
): Promise<LoginOutcome> {
  const { credential, caller, replaces } = input
  const taken = await takeCeremony(deps, input, credential.response.clientDataJSON)
  const found = await deps.passkeys.findByCredentialId(credential.id)
  try {
    const proven = await prove(deps, { ...taken, credential, found }, stamp)
    const { user, securityEpoch } = proven
    const owner = { userId: user.id, securityEpoch }
    const isSecondStep = taken.attempt.userId !== null
    const open = isSecondStep ? { ...taken.attempt, ...owner } : beginLogin(owner, [['passkey']])
    const mustVerify = deps.verifyEmailMode === 'required' && !user.emailVerified
    if (mustVerify) throw await refuseUnverified(deps, user, caller)
    return await finishLogin(
      deps,
      {
        user,
        attempt: proveStep(open, 'passkey'),
        stored: isSecondStep ? taken.attempt : null,
        remember: isSecondStep ? taken.attempt.remember : input.remember,
        caller,
        tried: provenTry(deps.throttle, caller, owner),
        replaces,
      },
      stamp,
    )
  } catch (error) {
    throw await audited(deps, { error, found }, stamp)
  }
}

interface Claim extends TakenCeremony {
  readonly credential: AssertionJson
  readonly found: FoundPasskey | null
}

async function prove(
  deps: LogInWithPasskeyDeps,
  { attempt, challenge, credential, found }: Claim,
  stamp: Stamp,
): Promise<FoundPasskey> {
  if (attempt.openRounds[0]?.includes('passkey') !== true) throw passkeyRefused('the attempt asks for no passkey')
  if (found === null) throw passkeyRefused('unknown credential id')
  const isSecondStep = attempt.userId !== null
  if (isSecondStep && attempt.userId !== found.user.id) throw passkeyRefused('a passkey of another user')
  await usePasskey(deps, { credential, challenge, found, needsUserHandle: !isSecondStep }, stamp)
  if (found.isDisabled) throw passkeyRefused('the account is disabled')
  if (isSecondStep && attempt.securityEpoch !== found.securityEpoch) throw new Refusal(LOGIN_REFUSALS.attempt_ended)
  return found
}

interface Failure {
  readonly error: unknown
  readonly found: FoundPasskey | null
}

/** Writes a refused passkey to the audit log. Its challenge was ours, so the budget of challenges bounds the number of rows. */
async function audited(
  { audit }: LogInWithPasskeyDeps,
  { error, found }: Failure,
  stamp: Stamp<LoginEvent>,
): Promise<unknown> {
  if (error instanceof Refusal && error.code === 'passkey_refused') {
    const userId = found?.user.id ?? null
    await audit.write({ events: [stamp({ type: 'login.refused', userId, reason: 'wrong_passkey' })] })
  }
  return error
}
