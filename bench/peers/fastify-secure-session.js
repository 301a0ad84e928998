/* @fastify/secure-session: sessions sealed into the cookie. */
import fastifySecureSession from '@fastify/secure-session'
import fastify from 'fastify'
import { withRoutes } from './fastify-routes.js'
import { createUsers, PEER_SECRET } from './users.js'

const DAY_SECONDS = 24 * 60 * 60

export const subjects = {
  async 'fastify-secure-session'({ users }) {
    const app = fastify()
    app.register(fastifySecureSession, {
      key: Buffer.alloc(32, PEER_SECRET),
      cookie: { path: '/', httpOnly: true, sameSite: 'lax', maxAge: DAY_SECONDS },
    })
    return withRoutes(app, await createUsers(users), {
      write: (request, user) => {
        request.session.regenerate()
        request.session.set('user', user)
      },
      read: (request) => request.session.get('user'),
    })
  },
}
