import { Command } from 'commander'
import { toIsoTime } from '../kernel/clock.ts'
import { print } from './output.ts'
import { withLatchkey } from './with-latchkey.ts'

/** The command `latchkey keys rotate`. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('rotate the keys that sign ID tokens, JWT access tokens and identities')
  keys
    .command('rotate')
    .description('sign with new keys from now on; the old ones stay public until their tokens have expired')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey keys rotate')
    .action(rotate)
  return keys
}

async function rotate(options: { readonly json?: boolean }): Promise<void> {
  const { oldKeysEndAt } = await withLatchkey((auth) => auth.signingKeys.rotate())
  const until = toIsoTime(oldKeysEndAt)
  const lines = [
    'Rotated the keys. A running server signs with the new ones without a restart.',
    `The old keys stay public until ${until}`,
  ]
  print({ oldKeysEndAt: until }, lines, options)
}
