import { validate } from 'uuid'
import type { Passkey } from '../../kernel/passkey.ts'
import type { FactorOwner } from '../factor-owner.ts'
import { noPasskey } from './remove-passkey.ts'
import type { PasskeyStore } from './store.ts'

/**
 * Renames a passkey.
 * @throws Refusal `not_found`.
 */
export async function renamePasskey(
  { passkeys }: { readonly passkeys: PasskeyStore },
  { user, securityEpoch }: FactorOwner,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<Passkey> {
  const owner = { userId: user.id, securityEpoch }
  const renamed = validate(id) ? await passkeys.rename(owner, id.toLowerCase(), name) : null
  if (renamed === null) throw noPasskey()
  return renamed
}
