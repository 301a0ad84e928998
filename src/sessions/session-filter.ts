import { z } from 'zod'
import { parseUserId, type UserId } from '../kernel/ids.ts'
import { parseIpNetwork } from '../kernel/ip-address.ts'
import type { Method, Session } from '../kernel/principal.ts'
import { type FieldError, Refusal } from '../kernel/refusal.ts'

/** A filter for sessions. It needs at least one member; a session matches if all given members match. */
export interface SessionFilter {
  /** Id of the user. */
  readonly userId?: string
  /** Matches sessions that started at this time or later, milliseconds since 1970 UTC. */
  readonly since?: number
  /** Matches sessions whose methods include this one. */
  readonly method?: Method
  /** Matches sessions that started from this network: `203.0.113.0/24`, `2001:db8::/32`, or one IP address. */
  readonly network?: string
}

/** A checked filter: the conditions for the storage, and a check for each session that the storage returns. */
export interface ParsedSessionFilter {
  readonly userId: UserId | null
  readonly since: number | null
  readonly matches: (session: Session) => boolean
}

/** An empty filter would match every session, so it is refused. */
const filterSchema = z
  .strictObject({
    userId: z
      .string()
      .refine((text) => parseUserId(text) !== null, 'Must be the id of a user.')
      .optional(),
    since: z.int('Must be a time in milliseconds since 1970.').optional(),
    method: z.string('Must be a method such as password.').optional(),
    network: z
      .string()
      .refine((text) => parseIpNetwork(text) !== null, 'Must be a network such as 203.0.113.0/24.')
      .optional(),
  })
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), 'Must name at least one member.')

/**
 * Checks a filter. A misspelt or empty filter must not match more sessions than intended.
 * @throws Refusal `validation_failed`.
 */
export function parseSessionFilter(filter: SessionFilter): ParsedSessionFilter {
  const { success, error } = filterSchema.safeParse(filter)
  if (!success) throw new Refusal('validation_failed', { errors: error.issues.map(toFieldError) })
  const { userId, since, method, network } = filter
  const addresses = network === undefined ? null : parseIpNetwork(network)
  return {
    userId: userId === undefined ? null : parseUserId(userId),
    since: since ?? null,
    matches: ({ methods, client, createdAt }) =>
      (since === undefined || createdAt >= since) &&
      (method === undefined || methods.includes(method)) &&
      (addresses === null || (client.ip !== null && addresses.contains(client.ip))),
  }
}

function toFieldError(issue: z.core.$ZodIssue): FieldError {
  const names = issue.code === 'unrecognized_keys' ? issue.keys : issue.path
  const detail = issue.code === 'unrecognized_keys' ? 'This member does not exist.' : issue.message
  return { pointer: ['#', ...names.map(String)].join('/'), detail }
}
