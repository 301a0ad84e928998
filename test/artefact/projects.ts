/* Projects of users, made by npm as users make them, and what runs in them. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

/** What a program printed, and how it ended. */
export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A program that takes longer hangs. */
const LONGEST_MS = 120_000
/** Packages whose own install scripts bring the runtime; npm runs no others. */
const MAY_RUN_SCRIPTS = { node: true, bun: true, deno: true }
/** A machine without a registry is told so within seconds, not minutes. */
const NPM_FLAGS = [
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--loglevel=error',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=500',
  '--fetch-retry-maxtimeout=1000',
]

/** Makes an empty project and installs packages into it. */
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
  const { NODE_ENV: _, ...env } = process.env // the test runner's; npm would leave dev dependencies out for "production"
  try {
    await promisify(execFile)('npm', ['install', ...NPM_FLAGS, ...args], { cwd: project, env })
  } catch (error) {
    const { stderr } = error as { stderr?: string } // what execFile throws
    throw new Error(`These tests install packages from the registry of npm, and that failed:\n${stderr}`, {
      cause: error,
    })
  }
}

/** Runs a program in a project to its end, with nothing of ours in its environment. */
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

/** Runs a program that prints JSON; throws what it said when it failed. */
export async function runForJson<T>(project: string, command: readonly string[]): Promise<T> {
  const { code, out, err } = await run(project, command)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${out}${err}`)
  return JSON.parse(out) as T // printed by programs/, which say what
}

/** Kills a detached process and what it started, unless it ended: npm starts others. */
export function killGroup({ exitCode, signalCode, pid }: ChildProcess): void {
  if (exitCode === null && signalCode === null && pid !== undefined) process.kill(-pid, 'SIGKILL')
}

/** What programs of users are started with. */
export function cleanEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...more }
}

/** Every entry of the package that a project has installed, as it is imported; from its own package.json. */
export function entriesOf(project: string): string[] {
  const manifest = readFileSync(join(project, 'node_modules/latchkey/package.json'), 'utf8')
  const { exports } = JSON.parse(manifest) as { exports: Record<string, string> }
  return Object.keys(exports)
    .filter((key) => key !== './package.json')
    .map((key) => `latchkey${key.slice(1)}`)
}
