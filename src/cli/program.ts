import { Command, CommanderError } from 'commander'
import { Refusal } from '../kernel/refusal.ts'
import { VERSION } from '../kernel/version.ts'
import { auditCommand } from './audit.ts'
import { backupCommand } from './backup.ts'
import { clientCommand } from './client.ts'
import { exportCommand } from './export.ts'
import { factorCommand } from './factor.ts'
import { inviteCommand } from './invite.ts'
import { keysCommand } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { EXIT } from './output.ts'
import { pagesCommand } from './pages.ts'
import { serveCommand } from './serve.ts'
import { sessionCommand } from './session.ts'
import { tokenCommand } from './token.ts'
import { userCommand } from './user.ts'

const EXIT_CODES = `
Exit codes:
  0  done
  1  refused or failed; standard error says why
  2  the command line or the configuration is wrong

Settings come from the environment and latchkey.config.ts; see docs/configuration.md.`

const program = new Command('latchkey')
  .description('Logs people in to an API with a session.')
  .version(VERSION)
  .addHelpText('after', EXIT_CODES)
  .configureHelp({ showGlobalOptions: true })
const commands = [
  serveCommand(),
  migrateCommand(),
  backupCommand(),
  exportCommand(),
  userCommand(),
  sessionCommand(),
  auditCommand(),
  inviteCommand(),
  tokenCommand(),
  factorCommand(),
  clientCommand(),
  keysCommand(),
  pagesCommand(),
]
for (const command of commands) program.addCommand(command)
exitByThrowing(program)
process.stdout.on('error', () => undefined) // the reader closed the pipe (`| head`); a server continues

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
  if (process.connected) process.exit() // the channel of a worker keeps it alive
}

/** Makes commander throw. It would otherwise exit by itself, with 1 instead of 2 for wrong usage. */
function exitByThrowing(command: Command): void {
  command.exitOverride()
  for (const child of command.commands) exitByThrowing(child)
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  const isJson = process.argv.includes('--json')
  if (error instanceof Refusal) {
    const { code, detail, errors = [] } = error
    const lines = [
      errors.length > 0 ? code : `${code}: ${detail}`,
      ...errors.map((each) => `  ${each.pointer.replace('#/', '')}: ${each.detail}`),
    ]
    process.stderr.write(isJson ? `${JSON.stringify({ code, detail, errors })}\n` : `${lines.join('\n')}\n`)
    return EXIT.refused
  }
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(isJson ? `${JSON.stringify({ code: 'failed', detail: text })}\n` : `${text}\n`)
  return error instanceof Error && error.name === 'ConfigurationError' ? EXIT.usage : EXIT.refused
}
