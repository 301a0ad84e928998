/* Runs the command line as a user types it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { MAIN } from './server-process.ts'

/** The outcome of a command. */
export interface CommandResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Returns a function that runs commands in a directory, with the database in that directory. */
export function createCommandLine(
  cwd: string,
): (args: readonly string[], input?: string, env?: NodeJS.ProcessEnv) => Promise<CommandResult> {
  return async (args, input = '', env = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...CHILD_ENVIRONMENT, ...env } })
    child.stdin.end(input)
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { code, out, err }
  }
}
