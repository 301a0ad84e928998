import { InvalidArgumentError } from 'commander'

/** Parses the path of a file that a command creates. */
export function parseNewFile(path: string): string {
  if (path !== '' && path !== '-' && !/^(?:sqlite|file):/.test(path)) return path
  throw new InvalidArgumentError('It must be the path of a new file. The command does not write to standard output.')
}
