/*
 * Several hosts in the URL of PostgreSQL, as libpq reads them (section 34.1.1 of its manual): `postgres://one:5432,two:5433/app`, or the
 * parameters `host` and `port` with commas. New connections go to the host that worked last, at first to the first of the
 * list; one that cannot be reached or does not fit sends them to the next. Proved by test/scale/failover.test.ts.
 */

/** Values of `target_session_attrs` that make sense for a client that writes. */
const ATTRIBUTES = ['any', 'primary', 'read-write'] as const

/** What a server must allow: `any` and `primary` accept a server that is not a standby, `read-write` one whose sessions may write. */
export type SessionAttribute = (typeof ATTRIBUTES)[number]

/** The hosts of a URL. */
export interface PostgresHosts {
  readonly count: number
  readonly attribute: SessionAttribute
  /** Returns the URL of the host for the next connection. */
  current(): string
  /** Makes the next connection go to the next host, unless it does already. */
  fail(url: string): void
}

/** Creates the list of hosts of a URL that `findPostgresUrlProblem` accepts. */
export function createPostgresHosts(url: string): PostgresHosts {
  const urls = splitHosts(url)
  let index = 0
  return {
    count: urls.length,
    attribute: readAttribute(url) ?? 'any',
    current: () => urls[index] ?? url,
    fail(failed) {
      if (urls[index] === failed) index = (index + 1) % urls.length
    },
  }
}

const PARTS = /^(postgres(?:ql)?:\/\/)([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/s

/** Returns one URL for each host, without `target_session_attrs`. */
export function splitHosts(url: string): string[] {
  const [, scheme = '', authority = '', path = '', query = '', rest = ''] = PARTS.exec(url) ?? []
  const at = authority.lastIndexOf('@') + 1
  const [login, list] = [authority.slice(0, at), authority.slice(at)]
  const parameters = query.split('&').filter((each) => each !== '' && !each.startsWith('target_session_attrs='))
  const [hosts, ports] = [listOf(parameters, 'host'), listOf(parameters, 'port')]
  if (hosts.length < 2) return list.split(',').map((host) => join(`${scheme}${login}${host}${path}`, parameters, rest))
  const others = parameters.filter((each) => !/^(?:host|port)=/.test(each))
  return hosts.map((host, index) => {
    const port = ports[index] ?? ports[0]
    const own = [...others, `host=${host}`, ...(port === undefined ? [] : [`port=${port}`])]
    return join(`${scheme}${authority}${path}`, own, rest)
  })
}

/** Returns the value of `target_session_attrs`; undefined if the URL has none; null if it is wrong. */
export function readAttribute(url: string): SessionAttribute | null | undefined {
  const values = (PARTS.exec(url)?.[4] ?? '').split('&').filter((each) => each.startsWith('target_session_attrs='))
  if (values.length === 0) return undefined
  const value = values.map((each) => each.slice('target_session_attrs='.length)).join()
  return ATTRIBUTES.find((each) => each === value) ?? null
}

/** Returns the values of a parameter of a URL, which commas separate. */
export function listOfParameter(url: string, name: string): string[] {
  return listOf((PARTS.exec(url)?.[4] ?? '').split('&'), name)
}

function listOf(parameters: readonly string[], name: string): string[] {
  const found = parameters.find((each) => each.startsWith(`${name}=`))
  return found?.slice(name.length + 1).split(/,|%2c/i) ?? []
}

function join(start: string, parameters: readonly string[], rest: string): string {
  return `${start}${parameters.length === 0 ? '' : `?${parameters.join('&')}`}${rest}`
}
