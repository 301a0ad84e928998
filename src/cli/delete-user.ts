import { Command } from 'commander'
import { confirm } from './confirm.ts'
import { findUser } from './find-user.ts'
import { print } from './output.ts'
import { toRecordJson } from './user-record.ts'
import { withLatchkey } from './with-latchkey.ts'

interface Options {
  readonly json?: boolean
  readonly yes?: boolean
}

/** The command `latchkey user delete`. */
export function deleteUserCommand(): Command {
  return new Command('delete')
    .argument('<id-or-email>')
    .description('delete a user and all their data')
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey user delete ada@example.com')
    .action(deleteUser)
}

async function deleteUser(idOrEmail: string, options: Options): Promise<void> {
  await withLatchkey(async (auth) => {
    const user = await findUser(auth, idOrEmail)
    const who = `${user.email} (${user.id})`
    const isConfirmed = await confirm(`This deletes ${who} with all sessions, tokens and data.`, options.yes ?? false)
    if (isConfirmed) await auth.users.delete(user.id)
    const text = isConfirmed ? `Deleted ${who} with all sessions, tokens and data` : 'Nothing was deleted'
    print({ user: toRecordJson(user), deleted: isConfirmed }, [text], options)
  })
}
