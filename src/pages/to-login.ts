import type { Answer, RouteRequest } from '../kernel/route.ts'
import { withQuery } from './components/form.ts'
import { type Pages, SESSION_ENDED } from './pages.ts'

/** Redirects to the login, which returns to the page `here`. A session that has ended is mentioned there. */
export function toLogin(pages: Pages, request: Pick<RouteRequest, 'header'>, here: string): Answer {
  const cookies = pages.hadSession(request) ? [pages.leave({ notice: SESSION_ENDED })] : []
  return { status: 303, location: withQuery(`${pages.basePath}/login`, { next: here }), cookies }
}
