import { Command } from 'commander'
import { toAccessTokenJson } from '../access-tokens/access-token-json.ts'
import { toIsoTime } from '../kernel/clock.ts'
import { findId } from './find-id.ts'
import { findUser } from './find-user.ts'
import { print } from './output.ts'
import { parseTime } from './parse-time.ts'
import { type Column, table } from './table.ts'
import { withLatchkey } from './with-latchkey.ts'

interface Options {
  readonly json?: boolean
  readonly wide?: boolean
}

interface CreateOptions extends Options {
  readonly scope: readonly string[]
  readonly expires?: number
  /** False with `--no-expiry`. */
  readonly expiry: boolean
}

const COLUMNS: readonly Column[] = [
  { title: 'ID', is: 'id' },
  'NAME',
  'TOKEN',
  'SCOPES',
  { title: 'EXPIRES', is: 'time' },
  { title: 'LAST USED', is: 'time' },
]

/** The command `latchkey token create|list|revoke`. */
export function tokenCommand(): Command {
  const token = new Command('token').description('create, list and revoke access tokens')
  token
    .command('create <user> <name>')
    .description('create an access token for a user, given by id or email address, and print its secret once')
    .option('--scope <scope...>', 'the scopes of the token; see LATCHKEY_SCOPES', [])
    .option('--expires <time>', 'when the token expires, such as 2030-01-31; after 90 days by default', parseTime)
    .option('--no-expiry', 'the token never expires, if the settings allow it')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey token create ada@example.com "nightly backup" --scope read')
    .action(create)
  token
    .command('list <user>')
    .description('list the access tokens of a user, given by id or email address')
    .option('--json', 'print JSON')
    .option('--wide', 'print ids and times in full on a terminal')
    .addHelpText('after', '\nExample:\n  latchkey token list ada@example.com')
    .action(list)
  token
    .command('revoke <user> <token-id>')
    .description('revoke an access token of a user')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey token revoke ada@example.com 0199f3c2-8f5e-7c1a-b0d4-3f6a9be2c871')
    .action(revoke)
  return token
}

async function create(idOrEmail: string, name: string, options: CreateOptions): Promise<void> {
  const { scope: scopes, expires, expiry, json } = options
  const { token, accessToken } = await withLatchkey(async (auth) => {
    const { id } = await findUser(auth, idOrEmail)
    return auth.tokens.create(id, { name, scopes, expiresAt: expiry ? expires : null })
  })
  const { expiresAt } = accessToken
  const until = expiresAt === null ? 'It never expires' : `It expires at ${toIsoTime(expiresAt)}`
  print(
    { token, accessToken: toAccessTokenJson(accessToken) },
    [token, `Created an access token, which is shown only once. ${until}`],
    {
      json,
    },
  )
}

async function list(idOrEmail: string, options: Options): Promise<void> {
  const found = await withLatchkey(async (auth) => auth.tokens.list((await findUser(auth, idOrEmail)).id))
  const tokens = found.map(toAccessTokenJson)
  const rows = tokens.map(({ id, name, lastFour, scopes, expiresAt, lastUsedAt }) => [
    id,
    name,
    `…${lastFour}`,
    scopes.join(' '),
    expiresAt ?? 'never',
    lastUsedAt ?? 'not yet',
  ])
  print({ tokens }, table(COLUMNS, rows, options), options)
}

async function revoke(idOrEmail: string, tokenId: string, options: Options): Promise<void> {
  const revoked = await withLatchkey(async (auth) => {
    const user = await findUser(auth, idOrEmail)
    const id = findId(
      tokenId,
      (await auth.tokens.list(user.id)).map((token) => token.id),
    )
    await auth.tokens.revoke(user.id, id)
    return id
  })
  print({ revoked }, [`Revoked ${revoked}`], options)
}
