import type { AuditStore } from '../../audit/store.ts'
import type { TellingDatabase } from './transact.ts'

/** The audit in SQL. */
export function createAuditStore({ transact }: TellingDatabase): AuditStore {
  return {
    async write(told) {
      await transact(
        () => told,
        async () => true,
      )
    },
  }
}
