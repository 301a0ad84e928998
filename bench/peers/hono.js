/* Hono with GET /me only, with an async middleware that does nothing, and with Latchkey over SQLite. */
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { createOnSqlite, importEntry } from '../subjects/latchkey.ts'
import { listenOn } from '../subjects/subject.ts'
import { emailOf } from '../support/requests.ts'

export const subjects = {
  async hono() {
    const app = new Hono()
    app.get('/me', (context) => context.json({ email: emailOf(0) }))
    return { listen: () => listenOn(createAdaptorServer({ fetch: app.fetch })) }
  },

  async 'hono-middleware'() {
    const app = new Hono()
    app.use(async (context, next) => {
      context.set('email', await emailOf(0))
      return next()
    })
    app.get('/me', (context) => context.json({ email: context.var.email }))
    return { listen: () => listenOn(createAdaptorServer({ fetch: app.fetch })) }
  },

  async 'latchkey-hono'(options) {
    const auth = await createOnSqlite(options)
    const { latchkey } = await importEntry(options, 'hono')
    const app = new Hono()
    app.use(latchkey(auth))
    app.get('/me', (context) => {
      const principal = context.var.auth
      return principal === null ? context.body(null, 401) : context.json({ email: principal.user.email })
    })
    return { listen: () => listenOn(createAdaptorServer({ fetch: app.fetch })) }
  },
}
