import type { AuditStore } from '../audit/store.ts'
import type { AccountPage } from '../kernel/feature.ts'
import { eventList } from '../pages/event-list.ts'
import { listUserEvents } from './user-events.ts'

const EVENTS_ON_PAGE = 10

/** The part of the account page that lists the latest events. */
export function eventAccountPage({ audit }: { readonly audit: AuditStore }): AccountPage {
  return {
    place: 'bottom',
    async render({ principal }) {
      return eventList(await listUserEvents(audit, principal.user.id, { before: null, limit: EVENTS_ON_PAGE }))
    },
  }
}
