import type { UserRecord } from '../accounts/store.ts'
import type { Latchkey } from '../instance.ts'
import { Refusal } from '../kernel/refusal.ts'

/** The user of an id or email. Throws not_found. */
export async function findUser(auth: Latchkey, idOrEmail: string): Promise<UserRecord> {
  const user = await auth.users.find(idOrEmail)
  if (user === null) throw new Refusal('not_found', { detail: 'There is no user with this id or email.' })
  return user
}
