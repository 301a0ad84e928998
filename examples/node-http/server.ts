/*
 * Plain node:http with Latchkey: notes of users who log in at /auth/login. Run `npm pack` in the checkout, then `npm install` and
 * `npm start` here.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { createLatchkey } from 'latchkey'
import { toNodeHandler } from 'latchkey/node'
import { sqlite } from 'latchkey/sqlite'

const port = Number(process.env.PORT ?? 3000)
const auth = await createLatchkey({ baseUrl: `http://localhost:${port}`, storage: sqlite('app.db') })
const notes = new Map<string, string[]>()

/** Answers all requests outside /auth. A refusal that `auth` throws becomes its answer. */
async function application(req: IncomingMessage, res: ServerResponse): Promise<void> {
  auth.refuseCrossOrigin(req) // refuses unsafe requests from pages of other origins
  switch (`${req.method} ${req.url}`) {
    case 'GET /': {
      const principal = await auth.authenticate(req, res) // with res it renews the cookie of a remembered session
      res.end(principal ? `Hello ${principal.user.email}` : 'Please log in')
      return
    }
    case 'GET /notes': {
      const { user } = await auth.require(req)
      answer(res, 200, notes.get(user.id) ?? [])
      return
    }
    case 'POST /notes': {
      const { user } = await auth.require(req)
      const { text } = (await json(req)) as { text: string }
      notes.set(user.id, [...(notes.get(user.id) ?? []), String(text)])
      answer(res, 201, notes.get(user.id))
      return
    }
    case 'DELETE /notes': {
      const { user } = await auth.require(req, { fresh: true })
      notes.delete(user.id)
      res.writeHead(204).end()
      return
    }
    default:
      answer(res, 404, { error: 'There is nothing here' })
  }
}

function answer(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const server = createServer(toNodeHandler(auth, application))
server.listen(port, '127.0.0.1', () => console.log(`http://localhost:${port}`))
