/*
 * The commands of the command line, read from the program itself. A separate process loads them, which is faster than
 * the transforms of the test runner.
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { CHILD_ENVIRONMENT } from './child-environment.ts'

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

/** Reads all commands of the program. */
export function readCommands(): LeafCommand[] {
  const program = fileURLToPath(import.meta.url)
  const json = execFileSync(process.execPath, [program], { env: CHILD_ENVIRONMENT, encoding: 'utf8' })
  return JSON.parse(json) as LeafCommand[] // printed below
}

/** Calls every function of `src/cli` that creates a command; leaves out those that are also subcommands of another. */
async function createCommands(): Promise<Command[]> {
  const paths = globSync('*.ts', { cwd: CLI }).map((name) => join(CLI, name))
  const sources = paths.filter((path) => /^export function \w+Command\(\)/m.test(readFileSync(path, 'utf8')))
  const modules = await Promise.all(sources.map((path) => import(path)))
  const commands = modules
    .flatMap((module: Record<string, unknown>) => Object.entries(module))
    .map(([name, create]) => (name.endsWith('Command') && typeof create === 'function' ? create() : null))
    .filter((command: unknown) => command instanceof Command)
  const children = commands.flatMap((command) => command.commands.map((child) => child.description()))
  return commands.filter((command) => !children.includes(command.description()))
}

function leavesOf(command: Command, parent: string): LeafCommand[] {
  const name = `${parent} ${command.name()}`.trim()
  if (command.commands.length > 0) return command.commands.flatMap((child) => leavesOf(child, name))
  const takes = command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`))
  return [{ name, usage: [name, ...takes].join(' '), options: command.options.map(({ flags }) => flags) }]
}

if (import.meta.main) {
  const commands = await createCommands()
  process.stdout.write(JSON.stringify(commands.flatMap((command) => leavesOf(command, ''))))
}
