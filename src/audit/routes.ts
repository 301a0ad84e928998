import { z } from 'zod'
import { parseEventId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { listUserEvents, MAX_USER_EVENTS, type UserEventDeps, userEventJsonSchema } from './user-events.ts'
import { auditCalls } from './wire.ts'

/** The route that lists the events of your account. */
export function auditRoutes(deps: UserEventDeps): Route[] {
  return [
    defineRoute(auditCalls['GET /user/events'], {
      summary: 'List the events of your account, newest first, at most 100',
      query: { before: 'The id of an event; lists the events before it. For the next page: the last id of this page.' },
      answers: { 200: z.object({ events: z.array(userEventJsonSchema(deps.userEvents)) }) },
      async handle({ principal, query: { before: text, ...others } }) {
        if (Object.keys(others).length > 0) {
          throw new Refusal('bad_request', { detail: 'The query takes one parameter: before.' })
        }
        const before = text === undefined ? null : parseEventId(text)
        if (before === null && text !== undefined) {
          throw new Refusal('bad_request', { detail: 'The parameter before must be the id of an event.' })
        }
        const events = await listUserEvents(deps, principal.user.id, { before, limit: MAX_USER_EVENTS })
        return { status: 200, body: { events } }
      },
    }),
  ]
}
