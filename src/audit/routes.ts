import { z } from 'zod'
import { parseEventId } from '../kernel/ids.ts'
import { cutPage } from '../kernel/page.ts'
import { nextPageShape, PAGE_QUERY, readPage } from '../kernel/read-page.ts'
import { defineRoute, HEAD_ANSWER, type Route } from '../kernel/route.ts'
import { listUserEvents, type UserEventDeps, userEventJsonSchema } from './user-events.ts'
import { auditCalls } from './wire.ts'

/** The route that lists the events of your account. */
export function auditRoutes(deps: UserEventDeps): Route[] {
  return [
    defineRoute(auditCalls['GET /user/events'], {
      summary: 'List the events of your account, newest first',
      query: PAGE_QUERY,
      numbers: ['limit'],
      answers: { 200: z.object({ events: z.array(userEventJsonSchema(deps.userEvents)), ...nextPageShape }) },
      async handle(request) {
        const page = readPage(request, parseEventId)
        if (request.isHead) return HEAD_ANSWER
        const events = await listUserEvents(deps, request.principal.user.id, { ...page, limit: page.limit + 1 })
        const { items, rest } = cutPage(events, page.limit)
        return { status: 200, body: { events: items, ...rest } }
      },
    }),
  ]
}
