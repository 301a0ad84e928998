/* The servers under test, one process each: `node bench/servers.ts <name>`. Each answers GET /me; the parent is told the port. */

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLatchkey } from '../src/index.ts'
import { toNodeHandler } from '../src/node.ts'
import { sqlite } from '../src/sqlite.ts'

const BODY = JSON.stringify({ email: 'ada@example.com' })
const PASSWORD = 'correct horse battery'

/** A server, and the cookie that its GET /me wants. */
interface Subject {
  readonly listener: RequestListener
  readonly cookie: string
}

const subjects: Record<string, (directory: string) => Promise<Subject>> = {
  /** The limit: `node:http` and nothing else. */
  async bare() {
    return { cookie: 'latchkey=x', listener: (_request, response) => answer(response, BODY) }
  },

  /** The least that verifies anything: SHA-256 and a Map, by hand. */
  async 'by hand'() {
    const token = 'x'.repeat(43)
    const sessions = new Map([[createHash('sha256').update(token).digest('hex'), { email: 'ada@example.com' }]])
    const listener: RequestListener = (request, response) => {
      const value = /(?:^|; )session=([^;]*)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
      const user = sessions.get(createHash('sha256').update(value).digest('hex'))
      if (user === undefined) response.writeHead(401).end()
      else answer(response, JSON.stringify({ email: user.email }))
    }
    return { cookie: `session=${token}`, listener }
  },

  async 'Latchkey, warm'(directory) {
    const auth = await createLatchkey({
      baseUrl: 'http://localhost:3000',
      storage: sqlite(join(directory, 'bench.db')),
    })
    const registered = await auth.handler(
      new Request('http://localhost:3000/auth/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ada@example.com', password: PASSWORD }),
      }),
    )
    const [cookie = ''] = (registered.headers.getSetCookie()[0] ?? '').split(';')
    const listener = toNodeHandler(auth, async (request, response) => {
      const principal = await auth.authenticate(request)
      if (principal === null) response.writeHead(401).end()
      else answer(response, JSON.stringify({ email: principal.user.email }))
    })
    return { cookie, listener }
  },
}

export const SUBJECTS: readonly string[] = Object.keys(subjects)

function answer(response: Parameters<RequestListener>[1], body: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length })
  response.end(body)
}

if (import.meta.main) {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  const { listener, cookie } = await subjects[process.argv[2] ?? '']!(directory)
  const server = createServer(listener).listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port, cookie })
  })
  process.on('message', (message) => {
    if (message === 'cpu') process.send?.(process.cpuUsage())
    else process.exit(0)
  })
}
