/* Fastify with GET /me only, with an async hook that does nothing, and with Latchkey over SQLite. */
import fastify from 'fastify'
import { createOnSqlite, importEntry } from '../subjects/latchkey.ts'
import { emailOf } from '../support/requests.ts'
import { listenWithFastify } from './listen.js'

export const subjects = {
  async fastify() {
    const app = fastify()
    app.get('/me', async () => ({ email: emailOf(0) }))
    return { listen: () => listenWithFastify(app) }
  },

  async 'fastify-middleware'() {
    const app = fastify()
    app.decorateRequest('email', null)
    app.addHook('onRequest', async (request) => {
      request.email = await emailOf(0)
    })
    app.get('/me', async ({ email }) => ({ email }))
    return { listen: () => listenWithFastify(app) }
  },

  async 'latchkey-fastify'(options) {
    const auth = await createOnSqlite(options)
    const { latchkey } = await importEntry(options, 'fastify')
    const app = fastify()
    await app.register(latchkey, { auth })
    app.get('/me', async ({ auth: principal }, reply) => {
      if (principal === null) return reply.code(401).send()
      return { email: principal.user.email }
    })
    return { listen: () => listenWithFastify(app) }
  },
}
