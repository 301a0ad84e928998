import { Command } from 'commander'
import { DAY_MS, toIsoTime } from '../kernel/clock.ts'
import { ConfigurationError } from '../options/options.ts'
import { print } from './output.ts'
import { withLatchkey } from './with-latchkey.ts'

interface Options {
  readonly email?: string
  readonly days?: string
  readonly json?: boolean
}

const MAX_DAYS = 400

/** The command `latchkey invite create`. */
export function inviteCommand(): Command {
  const invite = new Command('invite').description('invite people to register')
  invite
    .command('create')
    .description('create an invitation for one registration and print its link')
    .option('--email <email>', 'only this email address can use the invitation; the server emails it the link')
    .option('--days <n>', 'the invitation expires after 1 to 400 days; 7 by default')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey invite create --email ada@example.com --days 14')
    .action(create)
  return invite
}

async function create({ email, days, json }: Options): Promise<void> {
  const invitation = {
    ...(email === undefined ? {} : { email }),
    ...(days === undefined ? {} : { lifeMs: readDays(days) * DAY_MS }),
  }
  const { link, expiresAt } = await withLatchkey((auth) => auth.invitations.create(invitation))
  const until = toIsoTime(expiresAt)
  print({ link, expiresAt: until }, [link, `Created an invitation for one registration. It expires at ${until}`], {
    json,
  })
}

function readDays(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (days < 1 || days > MAX_DAYS) throw new ConfigurationError(`--days must be a whole number from 1 to ${MAX_DAYS}.`)
  return days
}
