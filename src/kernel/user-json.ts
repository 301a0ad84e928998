import { z } from 'zod'
import { toIsoTime } from './clock.ts'
import type { User } from './principal.ts'
import type { UserJson } from './wire.ts'

/** `user` in JSON (DESIGN section 3). */
export const userJsonSchema = z
  .object({
    id: z.uuid(),
    email: z
      .string()
      .meta({ description: 'Local part in lower case, domain as A-labels.', examples: ['ada@example.com'] }),
    emailVerified: z.boolean(),
    name: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'User' }) satisfies z.ZodType<UserJson>

/** A user for a response body: just the contract's members. */
export function toUserJson(user: User): UserJson {
  return {
    id: user.id,
    email: user.email,
    emailVerified: user.emailVerified,
    name: user.name,
    createdAt: toIsoTime(user.createdAt),
  }
}
