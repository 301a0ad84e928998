/*
 * Latchkey in Fastify 4 and 5: a plugin, hooks, and the type of `request.auth`. Imports only types from Fastify. Proved by
 * test/adapters/adapters.test.ts.
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, onRequestAsyncHookHandler } from 'fastify'
import type { CookieTarget } from '../authentication/any-request.ts'
import { authenticateNow, requireNow } from '../authentication/immediate.ts'
import type { Requirement } from '../authentication/requirement.ts'
import type { Latchkey } from '../instance.ts'
import { ConfigurationError } from '../kernel/configuration-error.ts'
import type { Principal, SessionPrincipal } from '../kernel/principal.ts'
import { refuseSurplus } from '../kernel/surplus-arguments.ts'
import { isForLatchkey, setTarget } from './incoming.ts'
import { createNodeEntry } from './node.ts'
import { readPrincipal, type SessionOnly, setPrincipal } from './principal-of.ts'
import { requireInstance } from './require-instance.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The principal of the request, or null; undefined if neither the plugin `latchkey` nor `requireAuth` ran. */
    auth?: Principal | null | undefined
  }
}

/** Options of the plugin. */
export interface LatchkeyPluginOptions {
  readonly auth: Latchkey
}

/**
 * The plugin: responds to all requests under `auth.basePath`. For all other requests sets `request.auth` and renews the
 * cookie of a remembered session. It applies to the whole instance that it is registered in.
 */
export const latchkey: FastifyPluginAsync<LatchkeyPluginOptions> = Object.assign(plug, {
  [Symbol.for('skip-override')]: true, // not encapsulated, so that routes registered next to it have request.auth
  [Symbol.for('fastify.display-name')]: 'latchkey',
  [Symbol.for('plugin-meta')]: { name: 'latchkey', fastify: '>=4' }, // Fastify refuses other versions
})

async function plug(app: FastifyInstance, options: LatchkeyPluginOptions): Promise<void> {
  const { auth } = options
  requireInstance('latchkey', auth)
  refuseOtherOptions(options)
  const path = withoutPrefix(auth.basePath, app.prefix)
  app.decorateRequest('auth', null)
  const toLatchkey = createNodeEntry(auth)
  const authenticate = authenticateNow(auth)
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    if (isForLatchkey(raw.url, auth)) {
      if (raw.url?.startsWith(auth.basePath)) return done() // the routes below answer
      setTarget(raw, raw.url) // Fastify finds no route for an absolute URL, and has none for paths at the root
      reply.hijack()
      void toLatchkey(raw, reply.raw)
      return
    }
    const refuse = (error: unknown): void => void answer(reply, auth.toResponse(error)).catch(done)
    try {
      const found = authenticate(raw, cookieTarget(reply))
      if (found instanceof Promise) {
        found.then((principal) => setPrincipal(request, principal)).then(() => done(), refuse)
        return
      }
      setPrincipal(request, found)
    } catch (error) {
      refuse(error)
      return
    }
    done()
  })
  await app.register(async (routes) => {
    // Leaves bodies unread, because Latchkey parses them itself.
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser('*', (_request, _body, done) => done(null))
    for (const url of [path, `${path}/*`]) {
      routes.all(url, async ({ raw }, reply) => {
        reply.hijack()
        await toLatchkey(raw, reply.raw)
      })
    }
  })
}

/**
 * Returns a hook that admits requests that meet the requirement, and sets `request.auth`. It refuses all others with
 * problem details. It authenticates again, which costs no query.
 * @throws ConfigurationError, when it is created, if the requirement is wrong.
 */
export function requireAuth(auth: Latchkey, requirement?: Requirement): onRequestAsyncHookHandler
export function requireAuth(
  auth: Latchkey,
  requirement?: Requirement,
  ...surplus: unknown[]
): onRequestAsyncHookHandler {
  refuseSurplus('requireAuth', 2, surplus)
  requireInstance('requireAuth', auth)
  auth.checkRequirement(requirement)
  const require = requireNow(auth)
  return async (request, reply) => {
    try {
      const found = require(request.raw, requirement)
      setPrincipal(request, found instanceof Promise ? await found : found)
    } catch (error) {
      return answer(reply, auth.toResponse(error))
    }
  }
}

/**
 * Returns a hook that refuses unsafe methods that a browser sends from pages of other origins, on the application's own
 * routes.
 */
export function crossOrigin(auth: Latchkey): onRequestAsyncHookHandler {
  requireInstance('crossOrigin', auth)
  return async (request, reply) => {
    try {
      auth.refuseCrossOrigin(request.raw)
    } catch (error) {
      return answer(reply, auth.toResponse(error))
    }
  }
}

/**
 * Returns the principal of the request, on routes behind `requireAuth`.
 * @param wanted `{ session: true }` behind `requireAuth(auth, { session: true })`: the principal is a session, also in its type.
 * @throws Error if the route lacks that hook.
 */
export function principalOf(request: { readonly auth?: unknown }, wanted: SessionOnly): SessionPrincipal
export function principalOf(request: { readonly auth?: unknown }, wanted?: SessionOnly): Principal
export function principalOf(request: { readonly auth?: unknown }, wanted?: SessionOnly): Principal {
  return readPrincipal(request, wanted, 'give this route the hook requireAuth(auth)')
}

/**
 * Returns a target for the renewed cookie. Fastify overwrites headers of the raw response with its own, so the cookie
 * is set through Fastify.
 */
function cookieTarget(reply: FastifyReply): CookieTarget {
  return {
    get headersSent() {
      return reply.sent
    },
    appendHeader: (name, value) => reply.header(name, value),
  }
}

async function answer(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  const { status, headers } = response
  return reply
    .code(status)
    .headers(Object.fromEntries(headers))
    .send(Buffer.from(await response.arrayBuffer())) // Fastify would add a charset to a string
}

/** Refuses unknown options, and `prefix`: the plugin answers under `auth.basePath` of the whole instance. */
function refuseOtherOptions(options: LatchkeyPluginOptions): void {
  const others = Object.keys(options).filter((name) => name !== 'auth')
  if (others.length === 0) return
  throw new ConfigurationError(
    `latchkey: ${others.join(', ')}: there is no such option; the option is auth. To move the routes, set basePath in createLatchkey`,
  )
}

/** Returns the base path as a route of an instance that has a prefix. */
function withoutPrefix(basePath: string, prefix: string): string {
  if (basePath.startsWith(`${prefix}/`)) return basePath.slice(prefix.length)
  throw new Error(
    `The basePath ${basePath} is not under ${prefix}: register latchkey on an instance without a prefix, or set basePath to ${prefix}${basePath}`,
  )
}
