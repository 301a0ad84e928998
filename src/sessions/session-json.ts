import { z } from 'zod'
import { toIsoTime } from '../kernel/clock.ts'
import type { SessionId } from '../kernel/ids.ts'
import type { ClientInfo, Session, User } from '../kernel/principal.ts'
import { toUserJson, userJsonSchema } from '../kernel/user-json.ts'
import { deviceLabel } from './device-label.ts'
import type { CompleteJson, DeviceJson, SessionJson } from './wire.ts'

/** Schema of `device`: the device that a request came from, as far as it is known. */
export const deviceJsonSchema = z.object({
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  label: z.string(),
}) satisfies z.ZodType<DeviceJson>

/** Converts a device for a response body. */
export function toDeviceJson({ ip, userAgent }: ClientInfo): DeviceJson {
  return { ip, userAgent, label: deviceLabel(userAgent) }
}

/** Schema of `session`. It never has the token, which only the cookie holds. */
export const sessionJsonSchema = z
  .object({
    id: z.uuid(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime().meta({ description: 'Accurate to a minute.' }),
    expiresAt: z.iso.datetime().meta({ description: 'The absolute limit.' }),
    idleExpiresAt: z.iso.datetime().meta({ description: 'The idle limit; each use extends it.' }),
    authenticatedAt: z.iso.datetime().meta({ description: 'The last proof of identity.' }),
    methods: z.array(z.string()).meta({
      description: 'How the user proved their identity, in the order proven. Accept words that you do not know.',
      examples: [['password']],
    }),
    current: z.boolean().meta({ description: 'True for the session of the request.' }),
    device: deviceJsonSchema,
  })
  .meta({ id: 'Session' }) satisfies z.ZodType<SessionJson>

/** Converts a session for a response body. */
export function toSessionJson(session: Session, currentId: SessionId | null): SessionJson {
  return {
    id: session.id,
    createdAt: toIsoTime(session.createdAt),
    lastSeenAt: toIsoTime(session.lastSeenAt),
    expiresAt: toIsoTime(session.expiresAt),
    idleExpiresAt: toIsoTime(session.idleExpiresAt),
    authenticatedAt: toIsoTime(session.authenticatedAt),
    methods: [...session.methods],
    current: session.id === currentId,
    device: toDeviceJson(session.client),
  }
}

/** Schema of a complete login or registration. */
export const completeJsonSchema = z.object({
  status: z.literal('complete'),
  user: userJsonSchema,
  session: sessionJsonSchema,
}) satisfies z.ZodType<CompleteJson>

/** Converts a complete login or registration for a response body. */
export function toCompleteJson({ user, session }: { readonly user: User; readonly session: Session }): CompleteJson {
  return { status: 'complete', user: toUserJson(user), session: toSessionJson(session, session.id) }
}
