/* The same small application in every framework that has an adapter, for one suite about all of them. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import Router from '@koa/router'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import * as expressAdapter from '../../src/express.ts'
import * as fastifyAdapter from '../../src/fastify.ts'
import * as honoAdapter from '../../src/hono.ts'
import type { Latchkey, Principal } from '../../src/index.ts'
import * as koaAdapter from '../../src/koa.ts'

/** A running application. */
export interface RunningApp {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Each application has: `GET /`, with its own cookie; `GET /me`, which returns the principal; `POST /notes`, which
 * returns its JSON body and requires the scope `notes`; `POST /fresh`, which requires a fresh session; `GET /session`,
 * which returns the id of the session and refuses access tokens; `GET /deep`, whose handler authenticates the request itself.
 */
export const FRAMEWORKS: Readonly<Record<string, (auth: Latchkey) => Promise<RunningApp>>> = {
  async express(auth) {
    const { crossOrigin, latchkey, principalOf, requireAuth } = expressAdapter
    const app = express()
    app.use(latchkey(auth), crossOrigin(auth), express.json())
    app.get('/', (request, response) => void response.cookie('own', '1').send(greet(request.auth)))
    app.get('/me', requireAuth(auth), (request, response) => void response.send(principalOf(request).user.email))
    app.post('/notes', requireAuth(auth, { scopes: ['notes'] }), ({ body }, response) => void response.json(body))
    app.post('/fresh', requireAuth(auth, { fresh: true }), (_request, response) => void response.send('done'))
    app.get('/session', requireAuth(auth, { session: true }), (request, response) => {
      response.send(principalOf(request, { session: true }).session.id)
    })
    // Express 4 does not catch rejections, so the handler passes them on.
    app.get('/deep', (request, response, next) => {
      auth.require(request).then(({ user }) => response.send(user.email), next)
    })
    return listen(createServer(app))
  },

  async fastify(auth) {
    const { crossOrigin, latchkey, principalOf, requireAuth } = fastifyAdapter
    const app = fastify()
    await app.register(latchkey, { auth })
    app.addHook('onRequest', crossOrigin(auth))
    app.get('/', (request, reply) => reply.header('set-cookie', 'own=1').send(greet(request.auth)))
    app.get('/me', { onRequest: requireAuth(auth) }, async (request) => principalOf(request).user.email)
    app.post('/notes', { preHandler: requireAuth(auth, { scopes: ['notes'] }) }, async ({ body }) => body)
    app.post('/fresh', { onRequest: requireAuth(auth, { fresh: true }) }, async () => 'done')
    app.get('/session', { onRequest: requireAuth(auth, { session: true }) }, async (request) => {
      return principalOf(request, { session: true }).session.id
    })
    app.get('/deep', async ({ raw }) => (await auth.require(raw)).user.email)
    return { url: await app.listen({ host: '127.0.0.1', port: 0 }), stop: () => app.close() }
  },

  async hono(auth) {
    const { crossOrigin, latchkey, requireAuth } = honoAdapter
    const app = new Hono<honoAdapter.AuthEnv>()
      .use(latchkey(auth), crossOrigin(auth))
      .get('/', (c) => {
        c.header('set-cookie', 'own=1', { append: true })
        return c.text(greet(c.var.auth))
      })
      .get('/me', requireAuth(auth), (c) => c.text(c.var.auth.user.email))
      .post('/notes', requireAuth(auth, { scopes: ['notes'] }), async (c) => c.json(await c.req.json()))
      .post('/fresh', requireAuth(auth, { fresh: true }), (c) => c.text('done'))
      .get('/session', requireAuth(auth, { session: true }), (c) => c.text(c.var.auth.session.id))
      .get('/deep', async (c) => c.text((await auth.require(c.req.raw)).user.email))
      .onError((error) => auth.toResponse(error))
    return listen(createServer(getRequestListener(app.fetch)))
  },

  async koa(auth) {
    const { crossOrigin, latchkey, requireAuth } = koaAdapter
    const router = new Router<koaAdapter.AuthenticatedState>()
    router.get('/me', requireAuth(auth), (ctx) => {
      ctx.body = ctx.state.auth.user.email
    })
    router.post('/notes', requireAuth(auth, { scopes: ['notes'] }), async (ctx) => {
      ctx.body = JSON.parse(Buffer.concat(await ctx.req.toArray()).toString())
    })
    router.post('/fresh', requireAuth(auth, { fresh: true }), (ctx) => {
      ctx.body = 'done'
    })
    router.get('/deep', async (ctx) => {
      ctx.body = (await auth.require(ctx.req)).user.email
    })
    const ofSessions = new Router<koaAdapter.SessionState>()
    ofSessions.get('/session', requireAuth(auth, { session: true }), (ctx) => {
      ctx.body = ctx.state.auth.session.id
    })
    const app = new Koa<koaAdapter.AuthState>()
    app.use(latchkey(auth))
    app.use(crossOrigin(auth))
    app.use((ctx, next) => {
      if (ctx.path !== '/') return next()
      ctx.cookies.set('own', '1')
      ctx.body = greet(ctx.state.auth)
    })
    app.use(router.routes())
    app.use(ofSessions.routes())
    return listen(createServer(app.callback()))
  },
}

/** Starts a server on a free port. */
export async function listen(server: Server): Promise<RunningApp> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Returns the principal, and distinguishes an anonymous request from a missing answer. */
function greet(auth: Principal | null | undefined): string {
  if (auth === undefined) throw new Error('The middleware did not run')
  return auth === null ? 'Please log in' : `Hello ${auth.user.email}`
}
