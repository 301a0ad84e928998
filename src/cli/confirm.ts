import { createInterface } from 'node:readline/promises'
import { ConfigurationError } from '../options/options.ts'

/**
 * Asks on the terminal whether to go on. Where there is none, only `--yes` does.
 * @throws ConfigurationError when nobody can be asked.
 */
export async function confirm(question: string, isYes: boolean): Promise<boolean> {
  if (isYes) return true
  if (!process.stdin.isTTY) throw new ConfigurationError(`${question} Add --yes to do it.`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
