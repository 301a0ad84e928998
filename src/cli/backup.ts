import { constants, copyFileSync, existsSync } from 'node:fs'
import { Command } from 'commander'
import { readConfiguration } from '../server/configuration.ts'
import { print } from './output.ts'
import { parseNewFile } from './parse-new-file.ts'
import { requireDatabase } from './require-database.ts'

/** The command `latchkey backup <file>`. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('copy a SQLite database, which may be in use, and its secrets to new files')
    .argument('<file>', 'the new file; an existing one is never overwritten', parseNewFile)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey backup "backup-$(date +%F).db"')
    .action(backUp)
}

async function backUp(file: string, output: { readonly json?: boolean }): Promise<void> {
  const configuration = await readConfiguration(process.env, process.cwd())
  const { storage, options } = configuration
  if (storage.backUp === null) {
    throw new Error('latchkey backup copies SQLite databases. For PostgreSQL use pg_dump, as docs/backup.md says.')
  }
  await requireDatabase(configuration)
  const ownSecrets = options.secrets === undefined && storage.secretsFile !== null ? storage.secretsFile : null
  const secretsFile = ownSecrets !== null && existsSync(ownSecrets) ? `${file}.secrets` : null
  if (secretsFile !== null && existsSync(secretsFile)) {
    throw new Error(`${secretsFile} exists already. A backup never overwrites a file`)
  }
  await storage.backUp(file)
  if (secretsFile !== null && ownSecrets !== null) copyFileSync(ownSecrets, secretsFile, constants.COPYFILE_EXCL)
  const aboutSecrets =
    secretsFile === null
      ? 'The secrets are in LATCHKEY_SECRETS or latchkey.config.ts: keep a copy of them elsewhere.'
      : `Wrote ${secretsFile}: the secrets. Without them the database cannot be used fully.`
  print({ file, secretsFile }, [`Wrote ${file}: the database.`, aboutSecrets], output)
}
