import { Command } from 'commander'
import type { Latchkey } from '../instance.ts'
import { toIsoTime } from '../kernel/clock.ts'
import { ConfigurationError } from '../options/options.ts'
import type { SessionFilter } from '../sessions/session-filter.ts'
import { toSessionJson } from '../sessions/session-json.ts'
import { confirm } from './confirm.ts'
import { findId } from './find-id.ts'
import { findUser } from './find-user.ts'
import { print, progress } from './output.ts'
import { parseTime } from './parse-time.ts'
import { table } from './table.ts'
import { withLatchkey } from './with-latchkey.ts'

interface Options {
  readonly json?: boolean
  readonly wide?: boolean
}

interface RevokeOptions extends Options {
  readonly all?: boolean
  readonly user?: string
  readonly since?: number
  readonly method?: string
  readonly network?: string
  readonly yes?: boolean
}

const ID = { title: 'ID', is: 'id' } as const

/** The command `latchkey session list|revoke`. */
export function sessionCommand(): Command {
  const session = new Command('session').description('list and revoke sessions')
  session
    .command('list <user>')
    .description('list the sessions of a user, given by id or email address')
    .option('--json', 'print JSON')
    .option('--wide', 'print ids and times in full on a terminal')
    .addHelpText('after', '\nExample:\n  latchkey session list ada@example.com')
    .action(list)
  session
    .command('revoke [user] [session-id]')
    .description('revoke one session of a user, all of them, or the sessions of all users that match a filter')
    .option('--all', 'revoke all sessions of the user')
    .option('--user <id-or-email>', 'filter: sessions of this user')
    .option(
      '--since <time>',
      'filter: sessions that started at this time or later, such as 2026-01-31T18:30Z',
      parseTime,
    )
    .option('--method <method>', 'filter: sessions that were proven with this method, such as password')
    .option('--network <cidr>', 'filter: sessions that started from this network, such as 203.0.113.0/24')
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  latchkey session revoke ada@example.com --all\n  latchkey session revoke --since 2026-01-31 --network 203.0.113.0/24',
    )
    .action(revoke)
  return session
}

async function list(idOrEmail: string, options: Options): Promise<void> {
  const found = await withLatchkey(async (auth) => auth.sessions.list((await findUser(auth, idOrEmail)).id))
  const sessions = found.map((session) => toSessionJson(session, null))
  const rows = found.map(({ id, lastSeenAt }, index) => {
    const device = sessions[index]?.device
    return [id, device?.label ?? '', device?.ip ?? '', toIsoTime(lastSeenAt)]
  })
  print({ sessions }, table([ID, 'DEVICE', 'IP ADDRESS', { title: 'LAST SEEN', is: 'time' }], rows, options), options)
}

async function revoke(
  idOrEmail: string | undefined,
  sessionId: string | undefined,
  options: RevokeOptions,
): Promise<void> {
  const { all = false, user, since, method, network } = options
  const hasFilter = [user, since, method, network].some((value) => value !== undefined)
  const isOne = idOrEmail !== undefined && (sessionId === undefined) === all
  if (hasFilter ? idOrEmail !== undefined || all : !isOne) {
    throw new ConfigurationError(
      'Name a user and a session id, a user and --all, or a filter: --user, --since, --method, --network.',
    )
  }
  const revoked = await withLatchkey((auth) =>
    idOrEmail === undefined ? revokeWhere(auth, options) : revokeOfUser(auth, idOrEmail, sessionId),
  )
  print({ revoked }, [`Revoked ${revoked} session(s)`], options)
}

async function revokeOfUser(auth: Latchkey, idOrEmail: string, sessionId: string | undefined): Promise<number> {
  const { id } = await findUser(auth, idOrEmail)
  if (sessionId === undefined) return auth.sessions.revokeAll(id)
  const ids = (await auth.sessions.list(id)).map((session) => session.id)
  await auth.sessions.revoke(id, findId(sessionId, ids))
  return 1
}

/**
 * Counts the matching sessions, asks for confirmation, and revokes. Sessions that start to match in between are revoked
 * too.
 */
async function revokeWhere(
  auth: Latchkey,
  { user, since, method, network, yes = false }: RevokeOptions,
): Promise<number> {
  const given = { since, method, network, userId: user === undefined ? undefined : (await findUser(auth, user)).id }
  // Leaves out options that were not given. The filter itself checks the values.
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as SessionFilter
  progress('Counting ...')
  const count = await auth.sessions.count(filter)
  progress('')
  if (count === 0 || !(await confirm(`This revokes ${count} session(s).`, yes))) return 0
  return auth.sessions.revokeWhere(filter)
}
