/* Projects as users create them with npm, and programs that run in them. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

/** Output and exit code of a program. */
export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Time limit of a program, after which it counts as hanging. */
const LONGEST_MS = 120_000
/** Packages whose install scripts download the runtime; npm runs no other scripts. */
const MAY_RUN_SCRIPTS = { node: true, bun: true, deno: true }
/** Without a registry, npm fails within seconds, not minutes. */
const NPM_FLAGS = [
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--loglevel=error',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=500',
  '--fetch-retry-maxtimeout=1000',
]

/** Creates an empty project and installs packages into it. */
export async function installInto(
  project: string,
  packages: readonly string[],
  flags: readonly string[] = [],
): Promise<void> {
  mkdirSync(project)
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ private: true, type: 'module', allowScripts: MAY_RUN_SCRIPTS }),
  )
  await npmInstall(project, [...flags, ...packages])
}

/** Runs `npm install` in a project. */
export async function npmInstall(project: string, args: readonly string[] = []): Promise<void> {
  const { NODE_ENV: _, ...env } = process.env // set by the test runner; with "production" npm would skip dev dependencies
  try {
    await promisify(execFile)('npm', ['install', ...NPM_FLAGS, ...args], { cwd: project, env })
  } catch (error) {
    const { stderr } = error as { stderr?: string } // what execFile throws
    throw new Error(`These tests install packages from the registry of npm, and that failed:\n${stderr}`, {
      cause: error,
    })
  }
}

/** Runs a program in a project until it exits, with nothing of ours in its environment. */
export async function run(project: string, [command = '', ...args]: readonly string[]): Promise<Outcome> {
  const child = spawn(command, args, {
    cwd: project,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, out, err }
}

/** Runs a program that prints JSON; throws an Error with its output if it fails. */
export async function runForJson<T>(project: string, command: readonly string[]): Promise<T> {
  const { code, out, err } = await run(project, command)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${out}${err}`)
  return JSON.parse(out) as T // printed by programs/, which document the shape
}

/** Kills a detached process and its children, unless it has exited: npm starts others. */
export function killGroup({ exitCode, signalCode, pid }: ChildProcess): void {
  if (exitCode === null && signalCode === null && pid !== undefined) process.kill(-pid, 'SIGKILL')
}

/** Environment of a user's program. */
export function cleanEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...more }
}

/** Returns the import path of every entry of an installed package, from its package.json. */
export function entriesOf(project: string): string[] {
  const manifest = readFileSync(join(project, 'node_modules/latchkey/package.json'), 'utf8')
  const { exports } = JSON.parse(manifest) as { exports: Record<string, string> }
  return Object.keys(exports)
    .filter((key) => key !== './package.json')
    .map((key) => `latchkey${key.slice(1)}`)
}
