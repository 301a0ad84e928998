import { createInterface } from 'node:readline/promises'
import { ConfigurationError } from '../options/options.ts'

/**
 * Asks on the terminal for confirmation; `--yes` replaces the question.
 * @throws ConfigurationError if standard input is not a terminal and `--yes` is missing.
 */
export async function confirm(question: string, isYes: boolean): Promise<boolean> {
  if (isYes) return true
  if (!process.stdin.isTTY) throw new ConfigurationError(`${question} Add --yes to confirm.`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
