import { z } from 'zod'
import { toIsoTime } from '../kernel/clock.ts'
import type { AccessToken } from '../kernel/principal.ts'
import type { AccessTokenJson } from './wire.ts'

/** An access token as the wire has it: never its secret. */
export const accessTokenJsonSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.string()),
    lastFour: z.string().meta({ description: 'The last four characters of the token, so that users recognize it.' }),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable().meta({ description: 'Null: the token never expires.' }),
    lastUsedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Accurate to a minute. Null: the token was never used.' }),
  })
  .meta({ id: 'AccessToken' }) satisfies z.ZodType<AccessTokenJson>

/** The wire form of an access token. */
export function toAccessTokenJson(token: AccessToken): AccessTokenJson {
  return {
    id: token.id,
    name: token.name,
    scopes: [...token.scopes],
    lastFour: token.lastFour,
    createdAt: toIsoTime(token.createdAt),
    expiresAt: token.expiresAt === null ? null : toIsoTime(token.expiresAt),
    lastUsedAt: token.lastUsedAt === null ? null : toIsoTime(token.lastUsedAt),
  }
}
