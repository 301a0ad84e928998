import type { UserRecord } from '../accounts/store.ts'
import { toIsoTime } from '../kernel/clock.ts'
import { toUserJson } from '../kernel/user-json.ts'
import type { UserJson } from '../kernel/wire.ts'

/** Returns a user as the commands print it. */
export function toRecordJson(user: UserRecord): UserJson & { readonly disabledAt: string | null } {
  return { ...toUserJson(user), disabledAt: user.disabledAt === null ? null : toIsoTime(user.disabledAt) }
}
