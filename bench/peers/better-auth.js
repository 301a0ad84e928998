/* better-auth on node:http, over SQLite and PostgreSQL, and with its cookie cache. */
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node'
import { answerMe, listenOn } from '../subjects/subject.ts'
import { sqliteFile } from '../support/files.ts'
import { emailOf, PASSWORD } from '../support/requests.ts'
import { hashPassword, PEER_SECRET, verifyPassword } from './users.js'

export const subjects = {
  'better-auth-sqlite': (options) => start(options, { database: openSqlite(options) }),

  'better-auth-postgres': async (options) => start(options, { database: await openPostgres(options) }),

  'better-auth-cookie-cache': (options) =>
    start(options, {
      database: openSqlite(options),
      session: { cookieCache: { enabled: true, maxAge: 5 * 60 } },
    }),
}

/** Opens SQLite as durable and as concurrent as Latchkey's. */
function openSqlite({ directory }) {
  const database = new DatabaseSync(sqliteFile(directory))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  return database
}

async function openPostgres({ postgresUrl }) {
  const { default: pg } = await import('pg')
  return new pg.Pool({ connectionString: postgresUrl })
}

async function start({ users }, settings) {
  const options = {
    baseURL: 'http://localhost:3000',
    secret: PEER_SECRET,
    telemetry: { enabled: false },
    rateLimit: { enabled: false }, // no subject limits logins in the benchmark
    emailAndPassword: {
      enabled: true,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    ...settings,
  }
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const auth = betterAuth(options)
  const { adapter } = await auth.$context
  for (let user = 0; user < users; user++) await createUser(auth, adapter, emailOf(user))

  const toBetterAuth = toNodeHandler(auth)
  const server = createServer(async (request, response) => {
    if (request.url !== '/me') return toBetterAuth(request, response)
    const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
    answerMe(response, session?.user.email ?? null)
  })
  return { listen: () => listenOn(server) }
}

async function createUser(auth, adapter, email) {
  const known = await adapter.findOne({ model: 'user', where: [{ field: 'email', value: email }] })
  if (known === null) await auth.api.signUpEmail({ body: { email, password: PASSWORD, name: email } })
}
