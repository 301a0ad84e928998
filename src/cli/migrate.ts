import { Command } from 'commander'
import { readConfiguration } from '../server/configuration.ts'
import { print, progress } from './output.ts'

/** The command `latchkey migrate [--plan]`. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the schema of the database up to date')
    .option('--plan', 'print the SQL that would run, and its locks; run nothing')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=sqlite:latchkey.db latchkey migrate --plan')
    .action(migrate)
}

async function migrate(options: { readonly plan?: boolean; readonly json?: boolean }): Promise<void> {
  const { storage } = await readConfiguration(process.env, process.cwd())
  if (options.plan === true) {
    const pending = await storage.planMigrations()
    const sql = pending.flatMap(({ number, name, statements, locks, notes }) => [
      `-- migration ${number}: ${name}`,
      ...statements.flatMap((statement, index) => [
        ...(locks[index] === undefined ? [] : [`-- locks: ${locks[index]}`]),
        `${statement};`,
      ]),
      ...notes.map((note) => `-- ${note}`),
    ])
    print({ pending }, sql.length > 0 ? sql : ['-- The schema is up to date.'], options)
    return
  }
  progress('Migrating ...')
  const ran = await storage.migrate()
  progress('')
  const lines = ran.flatMap(({ number, name, notes }) => [`Ran migration ${number}: ${name}`, ...notes])
  print(
    { ran: ran.map(({ number, name, notes }) => ({ number, name, notes })) },
    lines.length > 0 ? lines : ['The schema is up to date.'],
    options,
  )
}
