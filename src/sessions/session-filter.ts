import { z } from 'zod'
import { acceptArgument, strictMembers, timeSchema } from '../kernel/arguments.ts'
import { parseUserId, type UserId } from '../kernel/ids.ts'
import { parseIpNetwork } from '../kernel/ip-address.ts'
import { isMethod, METHODS, type Method, type Session } from '../kernel/principal.ts'
import { invalidMember } from '../kernel/refusal.ts'

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

const NO_METHOD = `must be a method: ${METHODS.join(', ')}, or provider: and the name of a provider`
const NO_NETWORK = 'must be a network such as 203.0.113.0/24, or an IP address'

/** An empty filter would match every session, so it is refused. */
const filterSchema = strictMembers({
  userId: z
    .string('must be the id of a user')
    .refine((text) => parseUserId(text) !== null, 'must be the id of a user')
    .optional(),
  since: timeSchema.optional(),
  method: z.string(NO_METHOD).refine(isMethod, NO_METHOD).optional(),
  network: z
    .string(NO_NETWORK)
    .refine((text) => parseIpNetwork(text) !== null, NO_NETWORK)
    .optional(),
}).refine((filter) => Object.values(filter).some((value) => value !== undefined), 'must name at least one member')

/**
 * Checks a filter. A misspelt or empty filter must not match more sessions than intended.
 * @throws Refusal `validation_failed`.
 */
export function parseSessionFilter(filter: SessionFilter): ParsedSessionFilter {
  const { userId, since, method, network } = acceptArgument(filterSchema, filter)
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

/**
 * Refuses a filter that matched no session and names a provider that is not configured: it is probably misspelt. Sessions of a
 * provider that was removed still match.
 * @throws Refusal `validation_failed`.
 */
export function refuseUnknownProvider(
  { methods }: { readonly methods: readonly string[] },
  { method }: SessionFilter,
): void {
  if (method === undefined || methods.includes(method)) return
  const known = methods.join(', ')
  throw invalidMember('#/method', `No session matches, and no such provider is configured. The methods are ${known}.`)
}
