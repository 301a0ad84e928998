import { z } from 'zod'
import { parseUserId, type UserId } from '../kernel/ids.ts'
import { parseIpNetwork } from '../kernel/ip-address.ts'
import type { Method, Session } from '../kernel/principal.ts'
import { type FieldError, Refusal } from '../kernel/refusal.ts'

/** Which sessions are meant: those that all members hold for. At least one member. */
export interface SessionFilter {
  /** Of this user. */
  readonly userId?: string
  /** Started at this time or later, milliseconds since 1970 UTC. */
  readonly since?: number
  /** Proven, among others, by this method. */
  readonly method?: Method
  /** Started from an address of this network: `203.0.113.0/24`, `2001:db8::/32`, or one address. */
  readonly network?: string
}

/** A filter that was checked: what a storage looks for, and what is asked of each session it gives. */
export interface ParsedSessionFilter {
  readonly userId: UserId | null
  readonly since: number | null
  readonly matches: (session: Session) => boolean
}

/** One of these alone would end every session there is, so an empty filter is refused. */
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
 * Checks a filter: what is misspelt or empty must not mean more sessions than were meant.
 * @throws validation_failed.
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
  const detail = issue.code === 'unrecognized_keys' ? 'There is no such member.' : issue.message
  return { pointer: ['#', ...names.map(String)].join('/'), detail }
}
