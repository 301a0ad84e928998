/*
 * Next.js with Latchkey: notes of people who log in at /auth/login. In the checkout `npm pack`, then here `npm install` and
 * `npm run dev`; for production `npm run build`, and `npm start` with LATCHKEY_SECRETS.
 */
import { createLatchkey, type Latchkey, type Principal, type Requirement } from 'latchkey'
import { sqlite } from 'latchkey/sqlite'

/** Pages and routes are bundled apart, and anew after each change; what all of them share is only this. */
const shared = globalThis as { latchkey?: Promise<Latchkey> }

/** The one Latchkey of the process, made when it is first asked for: `next build` loads this file, too. */
export function getAuth(): Promise<Latchkey> {
  shared.latchkey ??= createLatchkey({
    baseUrl: `http://localhost:${process.env.PORT ?? 3000}`,
    storage: sqlite('app.db'),
    secrets: process.env.LATCHKEY_SECRETS?.split(','),
  })
  return shared.latchkey
}

/** A route handler for who meets the requirement. Everybody else gets the refusal; pages of other origins change nothing. */
export function withAuth(
  handle: (request: Request, principal: Principal) => Promise<Response>,
  requirement?: Requirement,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const auth = await getAuth()
    let principal: Principal
    try {
      auth.refuseCrossOrigin(request)
      principal = await auth.require(request, requirement)
    } catch (error) {
      return auth.toResponse(error)
    }
    return handle(request, principal)
  }
}
