/*
 * Next.js with Latchkey: notes of users who log in at /auth/login. Run `npm pack` in the checkout, then `npm install` and
 * `npm run dev` here; for production `npm run build`, and `npm start` with LATCHKEY_SECRETS.
 */
import { createLatchkey, type Latchkey, type Principal, type Requirement } from 'latchkey'
import { sqlite } from 'latchkey/sqlite'

/** Next.js bundles pages and routes separately, and again after each change. They share only `globalThis`. */
const shared = globalThis as { latchkey?: Promise<Latchkey> }

/** Returns the one Latchkey of the process. The first call creates it, because `next build` also loads this file. */
export function getAuth(): Promise<Latchkey> {
  shared.latchkey ??= createLatchkey({
    baseUrl: `http://localhost:${process.env.PORT ?? 3000}`,
    storage: sqlite('app.db'),
    secrets: process.env.LATCHKEY_SECRETS?.split(','),
    // Next.js does not pass on the client's address. The proxy in front writes it into X-Forwarded-For.
    trustProxy: 1,
  })
  return shared.latchkey
}

/** A route handler for principals that meet the requirement; others, and pages of other origins, get a refusal. */
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
