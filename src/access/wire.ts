import { defineCalls, json } from '../kernel/define-calls.ts'
import type { NextPageJson, PageQuery } from '../kernel/page-json.ts'

/** Something that opens the account. */
export interface AccessJson {
  /** `session`, `access_token`, `remembered_device`, ... Clients must accept words that they do not know. */
  readonly kind: string
  readonly id: string
  /** A name for users: `Firefox on Linux`, `nightly backup`. */
  readonly name: string
  readonly createdAt: string
  /** Null: never used. */
  readonly lastUsedAt: string | null
  /** True for the session of the request. */
  readonly current: boolean
}

/** The calls that list and revoke everything that opens the account. */
export const accessCalls = defineCalls({
  'GET /access': {
    name: 'access.list',
    access: 'session',
    query: json<PageQuery>(),
    answer: json<{ readonly access: readonly AccessJson[] } & NextPageJson>(),
    refusals: ['bad_request'],
  },
  'DELETE /access': { name: 'access.revokeOthers', access: 'session', answer: json<{ readonly revoked: number }>() },
})
