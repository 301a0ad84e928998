import type { PasswordHash, PasswordHasher } from '../crypto/password-hasher.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import { toPassword } from './password.ts'
import type { PasswordCredential, PasswordStore } from './store.ts'

/** What proving a password works with. */
export interface ProvePasswordDeps {
  readonly passwords: PasswordStore
  readonly hasher: PasswordHasher
}

/** Outcome of a try. `reason` is for events only: a client never learns which it was. */
export type PasswordProof =
  | { readonly proven: true; readonly credential: PasswordCredential & { readonly hash: PasswordHash } }
  | {
      readonly proven: false
      readonly userId: UserId | null
      readonly reason: 'unknown_user' | 'wrong_password' | 'disabled'
    }

/**
 * Checks an email and a password. Known, unknown, disabled and malformed all cost the same one read and one hash
 * (DESIGN promise 7).
 */
export async function provePasswordByEmail(
  deps: ProvePasswordDeps,
  email: string,
  text: string,
): Promise<PasswordProof> {
  const address = parseEmailAddress(email)
  return prove(deps, address === null ? null : await deps.passwords.findByEmail(address), text)
}

/** Checks the password of a user who is known already. */
export async function provePasswordById(deps: ProvePasswordDeps, id: UserId, text: string): Promise<PasswordProof> {
  return prove(deps, await deps.passwords.findByUserId(id), text)
}

async function prove(
  { hasher, passwords }: ProvePasswordDeps,
  credential: PasswordCredential | null,
  text: string,
): Promise<PasswordProof> {
  const password = toPassword(text)
  const usableHash = credential?.disabledFor === 'everyone' ? null : (credential?.hash ?? null)
  const matches = await hasher.verify(password, usableHash, text)
  if (credential === null) return { proven: false, userId: null, reason: 'unknown_user' }
  const userId = credential.user.id
  if (!matches || usableHash === null) return { proven: false, userId, reason: 'wrong_password' }
  if (credential.disabled) return { proven: false, userId, reason: 'disabled' }
  if (!hasher.needsRehash(usableHash)) return { proven: true, credential: { ...credential, hash: usableHash } }
  const hash = await hasher.hash(password)
  await passwords.rehash(userId, usableHash, hash)
  return { proven: true, credential: { ...credential, hash } }
}
