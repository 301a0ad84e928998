/* The commands of the command line, read from the program itself. */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { MAIN } from './server-process.ts'

/** A command without subcommands. */
export interface LeafCommand {
  /** `user create` */
  readonly name: string
  /** `user create <email>` */
  readonly usage: string
  /** The flags of its options: `--name <name>`. */
  readonly options: readonly string[]
}

const CLI = resolve(import.meta.dirname, '../../src/cli')

/** Reads all commands that `latchkey --help` leads to. */
export async function readCommands(): Promise<LeafCommand[]> {
  const help = execFileSync(process.execPath, [MAIN, '--help'], { env: CHILD_ENVIRONMENT, encoding: 'utf8' })
  const [, list = ''] = /^Commands:\n((?: +.*\n)+)/m.exec(help) ?? []
  const names = new Set([...list.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name))
  names.delete('help')
  const commands = await createCommands()
  return commands.filter((command) => names.has(command.name())).flatMap((command) => leavesOf(command, ''))
}

/** Calls every function of `src/cli` that creates a command. */
async function createCommands(): Promise<Command[]> {
  const paths = globSync('*.ts', { cwd: CLI }).map((name) => join(CLI, name))
  const modules = await Promise.all(
    paths
      .filter((path) => /^export function \w+Command\(\)/m.test(readFileSync(path, 'utf8')))
      .map((path) => import(path)),
  )
  return modules
    .flatMap((module: Record<string, unknown>) => Object.entries(module))
    .map(([name, create]) => (name.endsWith('Command') && typeof create === 'function' ? create() : null))
    .filter((command: unknown) => command instanceof Command)
}

function leavesOf(command: Command, parent: string): LeafCommand[] {
  const name = `${parent} ${command.name()}`.trim()
  if (command.commands.length > 0) return command.commands.flatMap((child) => leavesOf(child, name))
  const takes = command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`))
  return [{ name, usage: [name, ...takes].join(' '), options: command.options.map(({ flags }) => flags) }]
}
