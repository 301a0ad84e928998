import { z } from 'zod'
import { toIsoTime } from '../kernel/clock.ts'
import type { StepRequired } from './finish-login.ts'
import { enrolledBy } from './login-attempt.ts'
import type { LoginAttemptRecord } from './store.ts'
import type { LoginAttemptJson, StepJson, StepRequiredJson } from './wire.ts'

const stepJsonSchema = z.object({
  method: z.string().meta({ description: 'A method such as totp or passkey. Ignore the ones that you do not know.' }),
  enrol: z
    .literal(true)
    .optional()
    .meta({ description: 'The user must set up this method first. Absent: the user proves it.' }),
}) satisfies z.ZodType<StepJson>

const open = {
  steps: z.array(stepJsonSchema).meta({ description: 'The open steps. Any one of them continues the login.' }),
  expiresAt: z.iso.datetime(),
}

/** A login in progress, in JSON. */
export const attemptJsonSchema = z.object(open).meta({ id: 'LoginAttempt' }) satisfies z.ZodType<LoginAttemptJson>

/** A login that asks for another proof, in JSON. */
export const stepRequiredJsonSchema = z
  .object({ status: z.literal('step_required'), ...open })
  .meta({ id: 'StepRequired' }) satisfies z.ZodType<StepRequiredJson>

/** Converts a login in progress for a response body. */
export function toAttemptJson({ openRounds, expiresAt }: LoginAttemptRecord): LoginAttemptJson {
  return { steps: toSteps(openRounds[0] ?? []), expiresAt: toIsoTime(expiresAt) }
}

/** Converts a login that asks for another proof for a response body. */
export function toStepRequiredJson({ methods, expiresAt }: StepRequired): StepRequiredJson {
  return { status: 'step_required', steps: toSteps(methods), expiresAt: toIsoTime(expiresAt) }
}

function toSteps(methods: readonly string[]): StepJson[] {
  return methods.map((word) => {
    const enrolled = enrolledBy(word)
    return enrolled === null ? { method: word } : { method: enrolled, enrol: true }
  })
}
