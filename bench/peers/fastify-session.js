/* @fastify/session with sessions in Redis. */
import fastifyCookie from '@fastify/cookie'
import fastifySession from '@fastify/session'
import { RedisStore } from 'connect-redis'
import fastify from 'fastify'
import { createClient } from 'redis'
import { withRoutes } from './fastify-routes.js'
import { createUsers, PEER_SECRET } from './users.js'

const DAY_MS = 24 * 60 * 60 * 1_000

export const subjects = {
  async 'fastify-session-redis'({ redisUrl, users }) {
    const client = createClient({ url: redisUrl })
    await client.connect()
    const app = fastify()
    app.register(fastifyCookie)
    app.register(fastifySession, {
      secret: PEER_SECRET,
      store: new RedisStore({ client }),
      saveUninitialized: false,
      cookie: { secure: false, sameSite: 'lax', maxAge: DAY_MS },
    })
    return withRoutes(app, await createUsers(users), {
      write: async (request, user) => {
        await request.session.regenerate()
        request.session.user = user
      },
      read: (request) => request.session.user,
    })
  },
}
