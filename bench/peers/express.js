/* Express with GET /me only, with an async middleware that does nothing, and with Latchkey over SQLite. */
import { createServer } from 'node:http'
import express from 'express'
import { createOnSqlite, importEntry } from '../subjects/latchkey.ts'
import { listenOn } from '../subjects/subject.ts'
import { emailOf } from '../support/requests.ts'

export const subjects = {
  async express() {
    const app = express()
    app.get('/me', (_request, response) => response.json({ email: emailOf(0) }))
    return { listen: () => listenOn(createServer(app)) }
  },

  async 'express-middleware'() {
    const app = express()
    app.use(async (request, _response, next) => {
      request.email = await emailOf(0)
      next()
    })
    app.get('/me', ({ email }, response) => response.json({ email }))
    return { listen: () => listenOn(createServer(app)) }
  },

  async 'latchkey-express'(options) {
    const auth = await createOnSqlite(options)
    const { latchkey } = await importEntry(options, 'express')
    const app = express()
    app.use(latchkey(auth))
    app.get('/me', ({ auth: principal }, response) => {
      if (principal === null) response.status(401).end()
      else response.json({ email: principal.user.email })
    })
    return { listen: () => listenOn(createServer(app)) }
  },
}
