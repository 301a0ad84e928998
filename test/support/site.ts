import { once } from 'node:events'
import { createServer } from 'node:http'
import type { LatchkeyOptions } from '../../src/index.ts'
import type { Latchkey } from '../../src/instance.ts'
import { assembleLatchkey } from '../../src/latchkey.ts'
import { toNodeHandler } from '../../src/node.ts'
import type { Seams } from '../../src/seams.ts'
import { sqlite } from '../../src/sqlite.ts'
import { type CaughtMails, catchMails } from '../../src/testing/catch-mails.ts'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import { freePort } from './free-port.ts'
import { SMALL_COST } from './rings.ts'

/** A service that a browser can open. */
export interface TestSite extends Pick<CaughtMails, 'mails' | 'waitForMail'> {
  readonly auth: Latchkey
  /** Origin of the service. */
  readonly base: string
  close(): Promise<void>
}

/** Starts a service in this process, with its data in memory. Every other path answers `the application`. */
export async function startSite(options: Partial<LatchkeyOptions> = {}, seams: Seams = SMALL_COST): Promise<TestSite> {
  const port = await freePort()
  const base = `http://localhost:${port}`
  const { mailer, ...caught } = catchMails()
  const auth = await assembleLatchkey(
    { baseUrl: base, storage: sqlite(':memory:'), throttle: ROOMY_LIMITS, mailer, ...options },
    seams,
  )
  const server = createServer(
    toNodeHandler(auth, (_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>App</title>the application')
    }),
  ).listen(port, 'localhost')
  await once(server, 'listening')
  return {
    ...caught,
    auth,
    base,
    async close() {
      server.closeAllConnections()
      server.close()
      await auth.close()
    },
  }
}
