import { InvalidArgumentError } from 'commander'

const MAX_PORT = 65_535

/** Parses a port number, 0 to 65535. */
export function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT) return Number(text)
  throw new InvalidArgumentError('It must be a port, 0 to 65535.')
}
