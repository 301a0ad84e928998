import { z } from 'zod'
import { isDecodable } from '../../kernel/percent-escapes.ts'

const RIGHT = 'must be postgres://user:password@host:5432/database'
const ENCODE = `${RIGHT}; special characters in the password must be percent-encoded, such as %40 for @`

/** Returns the problem of a URL of a PostgreSQL server, without any part of the URL; null if there is none. */
export function findPostgresUrlProblem(text: string): string | null {
  const [, authority] = /^postgres(?:ql)?:\/\/([^/?#]*)/.exec(text) ?? []
  if (authority === undefined) return RIGHT
  if (authority.slice(authority.lastIndexOf('@') + 1).includes(',')) return `${RIGHT}, with one host and not several`
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
