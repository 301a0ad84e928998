/* Calls each function that needs an optional package; prints the errors, and what a service says at its start. */
import { createLatchkey } from 'latchkey'
import { postgres } from 'latchkey/postgres'
import { google } from 'latchkey/providers'
import { redis } from 'latchkey/redis'
import { createSmtpMailer } from 'latchkey/smtp'
import { sqlite } from 'latchkey/sqlite'

const baseUrl = 'http://localhost:3000'
const uses: Record<string, () => Promise<unknown>> = {
  postgres: () => createLatchkey({ baseUrl, storage: postgres('postgres://127.0.0.1:1/none') }),
  redis: () => createLatchkey({ baseUrl, storage: sqlite(':memory:'), sessionStorage: redis('redis://127.0.0.1:1') }),
  smtp: () => createSmtpMailer({ url: 'smtp://127.0.0.1:1', from: 'auth@example.com' }),
}
const said: Record<string, string> = {}
for (const [name, use] of Object.entries(uses)) {
  said[name] = await use().then(
    () => 'nothing',
    (error) => error.message,
  )
}
const atStart: string[] = []
const storage = sqlite(':memory:')
const providers = [google({ clientId: 'id', clientSecret: 'secret' })]
await createLatchkey({ baseUrl, storage, providers, onError: (error) => void atStart.push(String(error)) })
console.log(JSON.stringify({ ...said, atStart }))
process.exit()
