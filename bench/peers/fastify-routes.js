/* The routes of every session library on Fastify; only writing and reading the session differ. */
import { listenWithFastify } from './listen.js'
import { provePassword } from './users.js'

/** Creates the subject: POST /login writes the session, GET /me reads it. */
export function withRoutes(app, users, { write, read }) {
  app.post('/login', async (request, reply) => {
    const user = await provePassword(users, request.body)
    if (user === null) return reply.code(401).send()
    const { id, email } = user
    await write(request, { id, email }, reply)
    return { email }
  })
  app.get('/me', async (request, reply) => {
    const user = await read(request)
    return user === undefined ? reply.code(401).send() : { email: user.email }
  })
  return { listen: () => listenWithFastify(app) }
}
