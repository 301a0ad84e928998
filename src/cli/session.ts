import { Command } from 'commander'
import { toIsoTime } from '../kernel/clock.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Latchkey } from '../latchkey.ts'
import { ConfigurationError } from '../options.ts'
import { toSessionJson } from '../sessions/session-json.ts'
import { print, table } from './output.ts'
import { withLatchkey } from './with-latchkey.ts'

interface Options {
  readonly json?: boolean
  readonly all?: boolean
}

/** `latchkey session list|revoke` */
export function sessionCommand(): Command {
  const session = new Command('session').description('see and end sessions')
  session
    .command('list <user>')
    .description('list the sessions of a user, given by id or email')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey session list ada@example.com')
    .action(list)
  session
    .command('revoke <user> [session-id]')
    .description('end one session of a user, or all')
    .option('--all', 'end all sessions of the user')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey session revoke ada@example.com --all')
    .action(revoke)
  return session
}

async function list(idOrEmail: string, options: Options): Promise<void> {
  const found = await withLatchkey(async (auth) => auth.sessions.list(await userId(auth, idOrEmail)))
  const sessions = found.map((session) => toSessionJson(session, null))
  const rows = found.map(({ id, lastSeenAt }, index) => {
    const device = sessions[index]?.device
    return [id, device?.label ?? '', device?.ip ?? '', toIsoTime(lastSeenAt)]
  })
  print({ sessions }, table(['ID', 'DEVICE', 'ADDRESS', 'LAST SEEN'], rows), options)
}

async function revoke(idOrEmail: string, sessionId: string | undefined, options: Options): Promise<void> {
  if ((sessionId === undefined) === (options.all !== true)) {
    throw new ConfigurationError('Give a session id, or --all.')
  }
  const revoked = await withLatchkey(async (auth) => {
    const id = await userId(auth, idOrEmail)
    if (sessionId === undefined) return auth.sessions.revokeAll(id)
    await auth.sessions.revoke(id, sessionId)
    return 1
  })
  print({ revoked }, [`Ended ${revoked} session(s)`], options)
}

async function userId(auth: Latchkey, idOrEmail: string): Promise<string> {
  const user = await auth.users.find(idOrEmail)
  if (user === null) throw new Refusal('not_found', { detail: 'There is no user with this id or email.' })
  return user.id
}
