import { Command } from 'commander'
import type { Latchkey } from '../instance.ts'
import { toIsoTime } from '../kernel/clock.ts'
import type { OAuthClient } from '../oauth/store.ts'
import { ConfigurationError } from '../options/options.ts'
import { confirm } from './confirm.ts'
import { findId } from './find-id.ts'
import { print, printable } from './output.ts'
import { type Column, table } from './table.ts'
import { withLatchkey } from './with-latchkey.ts'

interface Options {
  readonly json?: boolean
  readonly wide?: boolean
}

interface UpdateOptions extends Options {
  readonly name?: string
  readonly redirectUri?: readonly string[]
  readonly postLogoutRedirectUri?: readonly string[]
  readonly backchannelLogoutUri?: string
  readonly scope?: readonly string[]
  readonly firstParty?: boolean
}

interface DeleteOptions extends Options {
  readonly yes?: boolean
}

interface CreateOptions extends UpdateOptions {
  readonly name: string
  readonly redirectUri: readonly string[]
  readonly public?: boolean
}

const COLUMNS: readonly Column[] = [{ title: 'CLIENT ID', is: 'id' }, 'NAME', 'KIND', 'SCOPES', 'REDIRECT URIS']
const EXAMPLE_ID = '0199f3c2-8f5e-7c1a-b0d4-3f6a9be2c871'

/** The command `latchkey client create|list|update|rotate-secret|delete`. */
export function clientCommand(): Command {
  const client = new Command('client').description(
    'create, list, change and delete OAuth clients: apps of third parties',
  )
  client
    .command('create')
    .description('create an OAuth client, and print its id and its secret once')
    .requiredOption('--name <name>', 'the name that users see')
    .requiredOption('--redirect-uri <uri...>', 'where the app gets its answers')
    .option('--post-logout-redirect-uri <uri...>', 'where the app may send users after logout')
    .option('--backchannel-logout-uri <uri>', 'where the app is told that a session is over')
    .option('--scope <scope...>', 'the scopes that the app may ask for; see LATCHKEY_SCOPES')
    .option('--public', 'the app cannot keep a secret: it runs in a browser or on a device')
    .option('--first-party', 'the app is your own: users are not asked')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  latchkey client create --name "Notes for Linux" --redirect-uri https://notes.example.com/callback --scope read',
    )
    .action(create)
  client
    .command('list')
    .description('list the OAuth clients, newest first')
    .option('--wide', 'print ids and times in full on a terminal')
    .option('--json', 'print JSON')
    .action(list)
  client
    .command('update <client-id>')
    .description('change an OAuth client; what is not given stays')
    .option('--name <name>', 'the name that users see')
    .option('--redirect-uri <uri...>', 'all redirect URIs, in place of the present ones')
    .option('--post-logout-redirect-uri <uri...>', 'all of them, in place of the present ones')
    .option('--backchannel-logout-uri <uri>', 'where the app is told that a session is over')
    .option('--scope <scope...>', 'all scopes, in place of the present ones')
    .option('--first-party', 'the app is your own: users are not asked')
    .option('--no-first-party', 'the app belongs to others: users are asked')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  latchkey client update ${EXAMPLE_ID} --name "Notes"`)
    .action(update)
  client
    .command('rotate-secret <client-id>')
    .description('replace the secret of an OAuth client, and print the new one once')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  latchkey client rotate-secret ${EXAMPLE_ID}`)
    .action(rotateSecret)
  client
    .command('delete <client-id>')
    .description('delete an OAuth client; its grants and tokens end at once')
    .option('--yes', 'do not ask for confirmation on a terminal')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  latchkey client delete ${EXAMPLE_ID}`)
    .action(deleteClient)
  return client
}

async function create(options: CreateOptions): Promise<void> {
  const { public: isPublic = false, firstParty: isFirstParty = false, json, name, redirectUri } = options
  const { client, clientSecret } = await withLatchkey((auth) =>
    auth.oauthClients.create({
      name,
      redirectUris: redirectUri,
      isPublic,
      isFirstParty,
      scopes: options.scope,
      postLogoutRedirectUris: options.postLogoutRedirectUri,
      ...(options.backchannelLogoutUri === undefined ? {} : { backchannelLogoutUri: options.backchannelLogoutUri }),
    }),
  )
  const secret = clientSecret === null ? {} : { clientSecret }
  const told = `Created ${printable(name)}. The client secret is shown only once.`
  // Without a secret, scripts read the id as the whole output.
  const lines = clientSecret === null ? [client.id] : [client.id, clientSecret, told]
  print({ clientId: client.id, ...secret }, lines, { json })
}

async function list(options: Options): Promise<void> {
  const clients = await withLatchkey((auth) => auth.oauthClients.list())
  const rows = clients.map(({ id, name, scopes, isPublic, isFirstParty, redirectUris }) => [
    id,
    name,
    `${isPublic ? 'public' : 'confidential'}${isFirstParty ? ', first party' : ''}`,
    scopes.join(' '),
    redirectUris.join(' '),
  ])
  print({ clients: clients.map(toJson) }, table(COLUMNS, rows, options), options)
}

async function findClientId(auth: Latchkey, typed: string): Promise<string> {
  return findId(
    typed,
    (await auth.oauthClients.list()).map(({ id }) => id),
  )
}

async function update(typed: string, options: UpdateOptions): Promise<void> {
  const changes = {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.redirectUri === undefined ? {} : { redirectUris: options.redirectUri }),
    ...(options.postLogoutRedirectUri === undefined ? {} : { postLogoutRedirectUris: options.postLogoutRedirectUri }),
    ...(options.backchannelLogoutUri === undefined ? {} : { backchannelLogoutUri: options.backchannelLogoutUri }),
    ...(options.scope === undefined ? {} : { scopes: options.scope }),
    ...(options.firstParty === undefined ? {} : { isFirstParty: options.firstParty }),
  }
  if (Object.keys(changes).length === 0) throw new ConfigurationError('Nothing to change: name at least one option.')
  const client = await withLatchkey(async (auth) => auth.oauthClients.update(await findClientId(auth, typed), changes))
  print({ client: toJson(client) }, [`Updated ${client.id}`], options)
}

async function rotateSecret(typed: string, options: Options): Promise<void> {
  const { id, clientSecret } = await withLatchkey(async (auth) => {
    const id = await findClientId(auth, typed)
    return { id, clientSecret: await auth.oauthClients.rotateSecret(id) }
  })
  print({ clientId: id, clientSecret }, [clientSecret, `Replaced the secret of ${id}. It is shown only once.`], options)
}

/** On a terminal it asks first. A script says what it wants. */
async function deleteClient(typed: string, options: DeleteOptions): Promise<void> {
  const isYes = options.yes === true || !process.stdin.isTTY
  await withLatchkey(async (auth) => {
    const id = await findClientId(auth, typed)
    const client = isYes ? undefined : (await auth.oauthClients.list()).find((each) => each.id === id)
    const question = `This deletes the client “${client?.name}” (${id}), and ends all access that users gave it.`
    if (client !== undefined && !(await confirm(question, false))) {
      print({ deleted: null }, ['Nothing was deleted'], options)
      return
    }
    await auth.oauthClients.delete(id) // refuses an unknown client
    print({ deleted: id }, [`Deleted ${id}`], options)
  })
}

function toJson({ id, createdAt, ...client }: OAuthClient) {
  return { clientId: id, ...client, createdAt: toIsoTime(createdAt) }
}
