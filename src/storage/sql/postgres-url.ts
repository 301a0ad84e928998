import { z } from 'zod'
import { isDecodable } from '../../kernel/percent-escapes.ts'
import { readAttribute, splitHosts } from './postgres-hosts.ts'

const RIGHT = 'must be postgres://user:password@host:5432/database'
const ENCODE = `${RIGHT}; special characters in the password must be percent-encoded, such as %40 for @`

const ATTRIBUTE =
  'target_session_attrs must be read-write, primary or any: Latchkey writes, so it cannot use a server that only accepts reads'

/** Returns the problem of a URL of PostgreSQL servers, without any part of the URL; null if there is none. */
export function findPostgresUrlProblem(text: string): string | null {
  if (!/^postgres(?:ql)?:\/\//.test(text)) return RIGHT
  if (readAttribute(text) === null) return ATTRIBUTE
  const urls = splitHosts(text)
  if (urls.length > 1 && urls.some(isWithoutHost)) return `${RIGHT}; between two commas there must be a host`
  return urls.map(findProblemOfOne).find((problem) => problem !== null) ?? null
}

function isWithoutHost(url: string): boolean {
  return /^[^/]*\/\/(?:[^/?#]*@)?(?::\d*)?(?:[/?#]|$)/.test(url) && !/[?&]host=[^&]/.test(url)
}

function findProblemOfOne(text: string): string | null {
  // The host may be empty: `postgres://user@/database?host=/var/run/postgresql`.
  const url = URL.parse(text) ?? URL.parse(text.replace('@/', '@localhost/'))
  if (url === null) return ENCODE
  const isCutShort = url.hash !== '' || (url.username === '' && url.pathname.includes('@'))
  return isCutShort || !isDecodable(asDriverReads(url.username + url.password)) ? ENCODE : null
}

/** A URL of a PostgreSQL server. */
export const postgresUrlSchema = z.string(RIGHT).superRefine((text, context) => {
  const problem = findPostgresUrlProblem(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

/** The driver decodes the user and the password. A percent sign without two digits stands for itself there. */
function asDriverReads(text: string): string {
  return text.replaceAll(/%(?![\da-f]{2})/gi, '%25')
}
