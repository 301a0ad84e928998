import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigurationError } from './configuration-error.ts'

/**
 * Refuses the path of a file whose directory does not exist. Latchkey creates files, and no directories.
 * @throws ConfigurationError that names the directory.
 */
export function requireDirectory(file: string): void {
  const directory = dirname(resolve(file))
  if (existsSync(directory)) return
  throw new ConfigurationError(
    `There is no directory ${directory} for the file ${file}: create it, or name another path`,
  )
}
