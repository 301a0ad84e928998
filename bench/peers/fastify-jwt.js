/* @fastify/jwt: signed tokens in the cookie. */
import fastifyCookie from '@fastify/cookie'
import fastifyJwt from '@fastify/jwt'
import fastify from 'fastify'
import { withRoutes } from './fastify-routes.js'
import { createUsers, PEER_SECRET } from './users.js'

const DAY_SECONDS = 24 * 60 * 60

export const subjects = {
  async 'fastify-jwt'({ users }) {
    const app = fastify()
    app.register(fastifyJwt, {
      secret: PEER_SECRET,
      cookie: { cookieName: 'token', signed: false },
      sign: { expiresIn: '1d' },
    })
    app.register(fastifyCookie)
    return withRoutes(app, await createUsers(users), {
      write: async (_request, user, reply) => {
        const token = await reply.jwtSign(user)
        reply.setCookie('token', token, { path: '/', httpOnly: true, sameSite: 'lax', maxAge: DAY_SECONDS })
      },
      read: async (request) => {
        try {
          return await request.jwtVerify()
        } catch {
          return undefined
        }
      },
    })
  },
}
