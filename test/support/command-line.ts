/* The command line as it is typed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { MAIN } from './server-process.ts'

/** What a command did. */
export interface CommandResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs commands in a directory, whose database they use. */
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
