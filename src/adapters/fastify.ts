/*
 * Latchkey in Fastify 5: a plugin, hooks, and the type of `request.auth`. Of Fastify only types are imported. Proved by
 * test/adapters/adapters.test.ts.
 */
import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
} from 'fastify'
import type { Requirement } from '../authentication/requirement.ts'
import type { Latchkey } from '../instance.ts'
import type { Principal } from '../kernel/principal.ts'
import { isUnder } from './incoming.ts'
import { createNodeEntry } from './node.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who the request is from, or null; undefined where neither the plugin `latchkey` nor `requireAuth` is at work. */
    auth?: Principal | null | undefined
  }
}

/** Options of the plugin. */
export interface LatchkeyPluginOptions {
  readonly auth: Latchkey
}

/**
 * The plugin: answers everything under `auth.basePath`; for all other requests sets `request.auth` and renews the cookie of
 * a remembered session. It is at work in the whole instance that it is registered in.
 */
export const latchkey: FastifyPluginAsync<LatchkeyPluginOptions> = Object.assign(plug, {
  [Symbol.for('skip-override')]: true, // not encapsulated: what is registered beside it has request.auth, too
  [Symbol.for('fastify.display-name')]: 'latchkey',
})

async function plug(app: FastifyInstance, { auth }: LatchkeyPluginOptions): Promise<void> {
  const path = withoutPrefix(auth.basePath, app.prefix)
  app.decorateRequest('auth', null)
  app.addHook('onRequest', async (request, reply) => {
    if (isUnder(request.raw.url, auth.basePath)) return
    try {
      request.auth = await auth.authenticate(request.raw, cookieTarget(reply))
    } catch (error) {
      return answer(reply, auth.toResponse(error))
    }
  })
  await app.register(async (routes) => {
    const toLatchkey = createNodeEntry(auth)
    // Bodies stay unread: Latchkey parses them itself.
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
 * A hook that lets through who meets the requirement, and sets `request.auth`; everybody else gets the refusal as problem
 * details. It asks anew, which costs no query.
 */
export function requireAuth(auth: Latchkey, requirement?: Requirement): onRequestAsyncHookHandler {
  return async (request, reply) => {
    try {
      request.auth = await auth.require(request.raw, requirement)
    } catch (error) {
      return answer(reply, auth.toResponse(error))
    }
  }
}

/** A hook that refuses unsafe methods that a browser sends for pages of other origins, on the application's own routes. */
export function crossOrigin(auth: Latchkey): onRequestAsyncHookHandler {
  return async (request, reply) => {
    try {
      auth.refuseCrossOrigin(request.raw)
    } catch (error) {
      return answer(reply, auth.toResponse(error))
    }
  }
}

/**
 * Who the request is from, on routes behind `requireAuth`.
 * @throws Error where that hook is missing.
 */
export function principalOf({ auth }: Pick<FastifyRequest, 'auth'>): Principal {
  if (auth == null) throw new Error('No principal: give this route the hook requireAuth(auth).')
  return auth
}

/** Fastify writes the headers that it has been told over those of the raw answer, so it is told of the cookie. */
function cookieTarget(reply: FastifyReply): { appendHeader(name: string, value: string): unknown } {
  return { appendHeader: (name, value) => reply.header(name, value) }
}

async function answer(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  const { status, headers } = response
  return reply
    .code(status)
    .headers(Object.fromEntries(headers))
    .send(Buffer.from(await response.arrayBuffer())) // to a text it would add a charset
}

/** The base path as a route of an instance that has a prefix. */
function withoutPrefix(basePath: string, prefix: string): string {
  if (basePath.startsWith(`${prefix}/`)) return basePath.slice(prefix.length)
  throw new Error(
    `The basePath ${basePath} is not under ${prefix}: register latchkey where there is no prefix, or set basePath to ${prefix}${basePath}`,
  )
}
