import type { UserRecord } from '../accounts/store.ts'
import type { Latchkey } from '../instance.ts'
import { Refusal } from '../kernel/refusal.ts'

/** Returns the user with this id or email address. Throws `not_found` if there is none. */
export async function findUser(auth: Latchkey, idOrEmail: string): Promise<UserRecord> {
  const user = await auth.users.find(idOrEmail)
  if (user === null) throw new Refusal('not_found', { detail: 'There is no user with this id or email address.' })
  return user
}
