/* Fastify with GET /me and nothing else, and with Latchkey over SQLite. */
import { createServer } from 'node:http'
import fastify from 'fastify'
import { createOnSqlite, importNodeBridge } from '../subjects/latchkey.ts'
import { emailOf } from '../support/requests.ts'
import { listenWithFastify } from './listen.js'

export const subjects = {
  async fastify() {
    const app = fastify()
    app.get('/me', async () => ({ email: emailOf(0) }))
    return { listen: () => listenWithFastify(app) }
  },

  async 'latchkey-fastify'(options) {
    const auth = await createOnSqlite(options)
    const { toNodeHandler } = await importNodeBridge(options)
    const app = fastify({ serverFactory: (handler) => createServer(toNodeHandler(auth, handler)) })
    app.get('/me', async (request, reply) => {
      const principal = await auth.authenticate(request.raw)
      if (principal === null) return reply.code(401).send()
      return { email: principal.user.email }
    })
    return { listen: () => listenWithFastify(app) }
  },
}
