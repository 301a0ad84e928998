import { z } from 'zod'
import { isDecodable } from '../../kernel/percent-escapes.ts'

const RIGHT =
  'must be redis://host:6379, redis+cluster://one:6379,two:6379 or redis+sentinel://one:26379,two:26379/name'
const ENCODE = `${RIGHT}; special characters in the password must be percent-encoded, such as %3F for ?`
const NO_PARAMETERS = `${ENCODE}. Parameters are not read: for TLS, begin with rediss://`

/** The parts of a URL of Redis. */
export interface RedisUrl {
  readonly scheme: string
  /** Empty for a single server. */
  readonly kind: string
  /** User and password as they are written, with a colon between them. */
  readonly login: string
  readonly hosts: readonly string[]
  readonly path: string
}

const PARTS = /^(rediss?)(\+cluster|\+sentinel)?:\/\/(?:(.*)@)?([^/@]*)(?:\/(.*))?$/s
/** What may follow the hosts: the number of a database, nothing, or the name that Sentinel watches. */
const PATHS: Readonly<Record<string, RegExp>> = { '': /^\d{0,3}$/, '+cluster': /^0?$/, '+sentinel': /^[^/]+$/ }

/** Returns the problem of a URL of Redis, without any part of the URL; null if there is none. */
export function findRedisUrlProblem(text: string): string | null {
  if (/[?#]/.test(text)) return NO_PARAMETERS
  const { kind, login, hosts, path } = splitRedisUrl(text)
  if (kind === '' && hosts.length > 1) return RIGHT
  if (!hosts.every(isHost) || PATHS[kind]?.test(path) !== true) return RIGHT
  return isDecodable(login) && !login.includes('/') ? null : ENCODE
}

/** Splits a URL of Redis. The parts are empty if it is malformed. */
export function splitRedisUrl(text: string): RedisUrl {
  const [, scheme = '', kind = '', login = '', hosts = '', path = ''] = PARTS.exec(text) ?? []
  return { scheme, kind, login, hosts: hosts.split(','), path }
}

function isHost(text: string): boolean {
  return text !== '' && (URL.parse(`redis://${text}`)?.hostname ?? '') !== ''
}

/** A URL of Redis. */
export const redisUrlSchema: z.ZodType<string> = z.string(RIGHT).superRefine((text, context) => {
  const problem = findRedisUrlProblem(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})
