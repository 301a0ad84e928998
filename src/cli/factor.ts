import { Command, InvalidArgumentError } from 'commander'
import type { UserFactors } from '../factors/server-side-factors.ts'
import { toIsoTime } from '../kernel/clock.ts'
import { confirm } from './confirm.ts'
import { findUser } from './find-user.ts'
import { print } from './output.ts'
import { table } from './table.ts'
import { withLatchkey } from './with-latchkey.ts'

interface Options {
  readonly json?: boolean
  readonly wide?: boolean
}

interface RemoveOptions extends Options {
  readonly now?: boolean
  readonly yes?: boolean
}

const METHODS = ['totp', 'passkey', 'recovery_code'] as const
type Factor = (typeof METHODS)[number]

/** The command `latchkey factor list|remove`. */
export function factorCommand(): Command {
  const factor = new Command('factor').description('list and remove second factors')
  factor
    .command('list <user>')
    .description('list the second factors of a user, given by id or email address, and the removals that wait')
    .option('--json', 'print JSON')
    .option('--wide', 'print times in full on a terminal')
    .addHelpText('after', '\nExample:\n  latchkey factor list ada@example.com')
    .action(list)
  factor
    .command('remove')
    .argument('<user>')
    .argument('<method>', `the factor: ${METHODS.join(', ')}; passkey removes all passkeys`, parseMethod)
    .description('remove a second factor of a user after 72 hours, in which the user is told and can cancel it')
    .option('--now', 'remove it at once')
    .option('--yes', 'do not ask for confirmation on a terminal')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey factor remove ada@example.com totp')
    .action(remove)
  return factor
}

function parseMethod(text: string): Factor {
  const method = METHODS.find((each) => each === text)
  if (method === undefined) throw new InvalidArgumentError(`It must be one of ${METHODS.join(', ')}.`)
  return method
}

async function list(idOrEmail: string, options: Options): Promise<void> {
  const factors = await withLatchkey(async (auth) => auth.factors.list((await findUser(auth, idOrEmail)).id))
  const columns = [
    'METHOD',
    'NAME',
    { title: 'CREATED', is: 'time' },
    { title: 'LAST USED', is: 'time' },
    'REMOVAL',
  ] as const
  print(factors, table(columns, toRows(factors), options), options)
}

/** Returns a row for each factor. */
function toRows({ passkeys, totp, recoveryCodes, removals }: UserFactors): string[][] {
  const removalOf = (method: string): string => {
    const found = removals.find((each) => each.method === method || each.method === 'all')
    if (found === undefined) return ''
    return `${found.method === 'all' ? 'possible from' : 'at'} ${toIsoTime(found.availableAt)}`
  }
  const used = (at: number | null): string => (at === null ? 'not yet' : toIsoTime(at))
  return [
    ...passkeys.map(({ name, createdAt, lastUsedAt }) => [
      'passkey',
      name,
      toIsoTime(createdAt),
      used(lastUsedAt),
      removalOf('passkey'),
    ]),
    ...(totp === null ? [] : [['totp', '', toIsoTime(totp.createdAt), used(totp.lastUsedAt), removalOf('totp')]]),
    ...(recoveryCodes === null
      ? []
      : [
          [
            'recovery_code',
            `${recoveryCodes.left} left`,
            toIsoTime(recoveryCodes.createdAt),
            '',
            removalOf('recovery_code'),
          ],
        ]),
  ]
}

/** On a terminal it asks first. A script says what it wants. */
async function remove(idOrEmail: string, method: Factor, options: RemoveOptions): Promise<void> {
  const { now = false, yes = false } = options
  await withLatchkey(async (auth) => {
    const user = await findUser(auth, idOrEmail)
    const what = `${method} of ${user.email} (${user.id})`
    const question = now ? `This removes ${what} now.` : `This removes ${what} in 72 hours.`
    if (!(await confirm(question, yes || !process.stdin.isTTY))) {
      print({ status: 'cancelled' }, ['Nothing was removed'], options)
      return
    }
    const at = await auth.factors.remove(user.id, method, { now })
    if (at === null) print({ status: 'removed' }, [`Removed ${what}`], options)
    else {
      const availableAt = toIsoTime(at)
      print(
        { status: 'waiting', availableAt },
        [`Removes ${what} at ${availableAt}, unless the user cancels it`],
        options,
      )
    }
  })
}
