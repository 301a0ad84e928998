import type { UserRecord } from '../accounts/store.ts'
import type { Latchkey } from '../instance.ts'
import { Refusal } from '../kernel/refusal.ts'
import { findId } from './find-id.ts'

const PAGE = 1_000
/** The end of an id as tables show it on a terminal. Without the sign before it, a few characters could be a slip. */
const SHORTENED = /^(?:…[\da-f]{4,12}|[\da-f]{8,12})$/i

/**
 * Returns the user with this id or email address, or with the end of an id that tables show.
 * @throws Refusal `not_found` if there is none; ConfigurationError if the end fits several.
 */
export async function findUser(auth: Latchkey, typed: string): Promise<UserRecord> {
  const user = (await auth.users.find(typed)) ?? (SHORTENED.test(typed) ? await findByEnd(auth, typed) : null)
  if (user === null) throw new Refusal('not_found', { detail: 'There is no user with this id or email address.' })
  return user
}

async function findByEnd(auth: Latchkey, typed: string): Promise<UserRecord | null> {
  const end = typed.replace('…', '').toLowerCase()
  const found: string[] = []
  let after: string | undefined
  do {
    const ids = (await auth.users.list({ limit: PAGE, ...(after === undefined ? {} : { after }) })).map(({ id }) => id)
    found.push(...ids.filter((id) => id.endsWith(end)))
    after = ids.length < PAGE ? undefined : ids.at(-1)
  } while (after !== undefined)
  return auth.users.find(findId(typed, found))
}
