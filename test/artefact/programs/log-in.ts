/* An application, and a user who logs in to it; prints each result in order. It exits when everything is closed. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLatchkey } from 'latchkey'
import { createClient } from 'latchkey/client'
import { toNodeHandler } from 'latchkey/node'
import { sqlite } from 'latchkey/sqlite'

const file = process.argv[2] ?? ':memory:'
const account = { email: 'ada@example.com', password: 'correct horse battery' }
const auth = await createLatchkey({
  baseUrl: 'http://localhost:3000',
  storage: sqlite(file),
  mailer: async () => {},
})
const server = createServer(
  toNodeHandler(auth, async (request, response) => {
    auth.refuseCrossOrigin(request)
    const { user } = await auth.require(request)
    response.end(`Hello ${user.email}`)
  }),
)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const cookieOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')

const saw: (string | number)[] = []
saw.push((await post('/auth/register', account)).status)
saw.push((await post('/auth/login', { ...account, password: 'wrong horse battery' })).status)
const login = await post('/auth/login', account)
saw.push(login.status)
const cookie = cookieOf(login)
saw.push(await (await fetch(url, { headers: { cookie } })).text())
saw.push((await post('/', {}, { cookie, 'sec-fetch-site': 'cross-site' })).status)
const client = createClient({ baseUrl: url, headers: { cookie } })
const session = await client.session()
saw.push(session.ok ? session.data.user.email : session.code)
saw.push((await post('/auth/logout', {}, { cookie })).status)
saw.push((await fetch(url, { headers: { cookie } })).status)

server.close()
server.closeAllConnections()
await auth.close()
console.log(JSON.stringify(saw))
