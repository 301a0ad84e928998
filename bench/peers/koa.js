/* Koa with GET /me only, with an async middleware that does nothing, and with Latchkey over SQLite. */
import { createServer } from 'node:http'
import Koa from 'koa'
import { createOnSqlite, importEntry } from '../subjects/latchkey.ts'
import { listenOn } from '../subjects/subject.ts'
import { emailOf } from '../support/requests.ts'

export const subjects = {
  async koa() {
    const app = new Koa()
    app.use((context) => {
      context.body = { email: emailOf(0) }
    })
    return { listen: () => listenOn(createServer(app.callback())) }
  },

  async 'koa-middleware'() {
    const app = new Koa()
    app.use(async (context, next) => {
      context.state.email = await emailOf(0)
      await next()
    })
    app.use((context) => {
      context.body = { email: context.state.email }
    })
    return { listen: () => listenOn(createServer(app.callback())) }
  },

  async 'latchkey-koa'(options) {
    const auth = await createOnSqlite(options)
    const { latchkey } = await importEntry(options, 'koa')
    const app = new Koa()
    app.use(latchkey(auth))
    app.use((context) => {
      const principal = context.state.auth
      if (principal === null) context.status = 401
      else context.body = { email: principal.user.email }
    })
    return { listen: () => listenOn(createServer(app.callback())) }
  },
}
