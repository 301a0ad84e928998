/* Hono with GET /me and nothing else, and with Latchkey over SQLite. */
import { createServer } from 'node:http'
import { createAdaptorServer, getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { createOnSqlite, importNodeBridge } from '../subjects/latchkey.ts'
import { listenOn } from '../subjects/subject.ts'
import { emailOf } from '../support/requests.ts'

export const subjects = {
  async hono() {
    const app = new Hono()
    app.get('/me', (context) => context.json({ email: emailOf(0) }))
    return { listen: () => listenOn(createAdaptorServer({ fetch: app.fetch })) }
  },

  async 'latchkey-hono'(options) {
    const auth = await createOnSqlite(options)
    const { toNodeHandler } = await importNodeBridge(options)
    const app = new Hono()
    app.get('/me', async (context) => {
      const principal = await auth.authenticate(context.env.incoming)
      return principal === null ? context.body(null, 401) : context.json({ email: principal.user.email })
    })
    return { listen: () => listenOn(createServer(toNodeHandler(auth, getRequestListener(app.fetch)))) }
  },
}
