import { defineCalls, json } from '../kernel/define-calls.ts'
import type { NextPageJson, PageQuery } from '../kernel/page-json.ts'
import type { DeviceJson } from '../sessions/wire.ts'

/** An event in an export. An export also has the events that `GET /user/events` leaves out. */
export interface ExportedEventJson {
  readonly id: string
  readonly type: string
  readonly at: string
  /** The session that the event is about. */
  readonly sessionId?: string | undefined
  /** Null: the service caused the event without a request. */
  readonly device: DeviceJson | null
  /** True: from one of your sessions. False: by the service. Absent: the caller was not logged in. */
  readonly byYou?: boolean | undefined
}

/** An event about your account. `catalogue/events.ts` has its types. */
export interface UserEventJson<Type extends string = string> extends ExportedEventJson {
  readonly type: Type
}

/** Answer of `GET /user/events`. */
export interface UserEventsJson<Type extends string = string> extends NextPageJson {
  readonly events: readonly UserEventJson<Type>[]
}

/** The part of the audit log in `GET /user/export`. */
export interface EventExportJson {
  readonly events: readonly ExportedEventJson[]
}

/** The call that lists the events of your account. */
export const auditCalls = defineCalls({
  'GET /user/events': {
    name: 'user.events',
    access: 'session',
    query: json<PageQuery>(),
    answer: json<UserEventsJson>(),
    refusals: ['bad_request'],
  },
})
