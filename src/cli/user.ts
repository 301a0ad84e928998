import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import type { UserRecord } from '../accounts/store.ts'
import type { Latchkey } from '../instance.ts'
import { toIsoTime } from '../kernel/clock.ts'
import { toUserJson } from '../kernel/user-json.ts'
import { deleteUserCommand } from './delete-user.ts'
import { findUser } from './find-user.ts'
import { importCommand } from './import.ts'
import { print, printable, progress } from './output.ts'
import { type Column, table } from './table.ts'
import { toRecordJson } from './user-record.ts'
import { withLatchkey } from './with-latchkey.ts'

interface Options {
  readonly json?: boolean
  readonly wide?: boolean
  readonly name?: string
  readonly passwordStdin?: boolean
}

const PAGE = 500
const COLUMNS: readonly Column[] = [
  { title: 'ID', is: 'id' },
  'EMAIL',
  'NAME',
  { title: 'CREATED', is: 'time' },
  'STATE',
]

/** The command `latchkey user create|import|list|show|disable|enable|reset|unlock|delete`. */
export function userCommand(): Command {
  const user = new Command('user').description('manage users')
  user
    .command('create <email>')
    .description('create a user; the password is read from standard input')
    .requiredOption(
      '--password-stdin',
      'read the password from standard input, so that it does not show in the process list',
    )
    .option('--name <name>', 'the name of the user')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      "\nExample:\n  echo 'correct horse battery' | latchkey user create ada@example.com --password-stdin",
    )
    .action(create)
  user.addCommand(importCommand())
  user
    .command('list')
    .description('list all users, the oldest first')
    .option('--json', 'print JSON')
    .option('--wide', 'print ids and times in full on a terminal')
    .addHelpText('after', '\nExample:\n  latchkey user list --json')
    .action(list)
  user
    .command('show <id-or-email>')
    .description('show one user')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey user show ada@example.com')
    .action((idOrEmail: string, options: Options) => withUser(idOrEmail, options, async () => undefined))
  const changes = [
    {
      name: 'disable',
      call: 'disable',
      what: 'refuse the logins of a user and revoke all their sessions and access tokens',
      done: 'Disabled',
    },
    { name: 'enable', call: 'enable', what: 'let a disabled user log in again', done: 'Enabled' },
    {
      name: 'reset',
      call: 'forcePasswordReset',
      what: 'disable a password until it is reset, and revoke all sessions and access tokens',
      done: 'Disabled the password of',
    },
    { name: 'unlock', call: 'unlock', what: 'enable a disabled password again', done: 'Enabled the password of' },
  ] as const
  for (const { name, call, what, done } of changes) {
    user
      .command(`${name} <id-or-email>`)
      .description(what)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  latchkey user ${name} ada@example.com`)
      .action((idOrEmail: string, options: Options) =>
        withUser(idOrEmail, { ...options, done }, (auth, id) => auth.users[call](id)),
      )
  }
  user.addCommand(deleteUserCommand())
  return user
}

async function create(email: string, options: Options): Promise<void> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '')
  const user = await withLatchkey((auth) => auth.users.create({ email, password, name: options.name }))
  print({ user: toUserJson(user) }, [`Created ${user.email} (${user.id})`], options)
}

async function list(options: Options): Promise<void> {
  const users = await withLatchkey(readAll)
  const rows = users.map(({ id, email, name, createdAt, disabledAt }) => [
    id,
    email,
    name ?? '',
    toIsoTime(createdAt),
    disabledAt === null ? '' : 'disabled',
  ])
  print({ users: users.map(toRecordJson) }, table(COLUMNS, rows, options), options)
}

async function readAll(auth: Latchkey): Promise<UserRecord[]> {
  const users: UserRecord[] = []
  for (;;) {
    const last = users.at(-1)?.id
    const page = await auth.users.list({ limit: PAGE, ...(last === undefined ? {} : { after: last }) })
    users.push(...page)
    progress(`${users.length} users ...`)
    if (page.length < PAGE) break
  }
  progress('')
  return users
}

/** Finds a user, runs an action, and prints what was done and the updated user. */
async function withUser(
  idOrEmail: string,
  options: Options & { readonly done?: string },
  work: (auth: Latchkey, id: string) => Promise<void>,
): Promise<void> {
  const user = await withLatchkey(async (auth) => {
    const found = await findUser(auth, idOrEmail)
    await work(auth, found.id)
    return (await auth.users.find(found.id)) ?? found
  })
  const json = toRecordJson(user)
  print(
    { user: json },
    [
      ...(options.done === undefined ? [] : [`${options.done} ${user.email} (${user.id})`]),
      ...Object.entries(json).map(([name, value]) => `${name}: ${printable(String(value ?? ''))}`),
    ],
    options,
  )
}
