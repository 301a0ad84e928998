/*
 * express-session and passport on Express, with sessions in Redis or PostgreSQL; each subject loads only its own
 * driver.
 */
import { createServer } from 'node:http'
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'
import { listenOn } from '../subjects/subject.ts'
import { emailOf, PASSWORD } from '../support/requests.ts'
import { createUsers, hashPassword, PEER_SECRET, provePassword } from './users.js'

const DAY_MS = 24 * 60 * 60 * 1_000

export const subjects = {
  async 'express-session-redis'({ redisUrl, users }) {
    const { RedisStore } = await import('connect-redis')
    const { createClient } = await import('redis')
    const client = createClient({ url: redisUrl })
    await client.connect()
    return start(new RedisStore({ client }), await createUsers(users))
  },

  async 'express-session-postgres'({ postgresUrl, users }) {
    const { default: connectPgSimple } = await import('connect-pg-simple')
    const { default: pg } = await import('pg')
    const pool = new pg.Pool({ connectionString: postgresUrl })
    const PostgresStore = connectPgSimple(session)
    const store = new PostgresStore({ pool, createTableIfMissing: true })
    return start(store, await createUsersInPostgres(pool, users))
  },
}

function start(store, users) {
  const authenticator = new passport.Passport()
  authenticator.use(
    new LocalStrategy({ usernameField: 'email' }, (email, password, done) => {
      provePassword(users, { email, password }).then((user) => done(null, user ?? false), done)
    }),
  )
  // As in passport's own example, the session contains the user data that a request needs, so it costs no query.
  authenticator.serializeUser((user, done) => done(null, { id: user.id, email: user.email }))
  authenticator.deserializeUser((user, done) => done(null, user))

  const app = express()
  app.use(
    session({
      store,
      secret: PEER_SECRET,
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: DAY_MS, sameSite: 'lax' },
    }),
  )
  app.use(authenticator.session())
  app.post('/login', express.json(), authenticator.authenticate('local'), (request, response) => {
    response.json({ email: request.user.email })
  })
  app.get('/me', (request, response) => {
    if (request.isAuthenticated()) response.json({ email: request.user.email })
    else response.status(401).end()
  })
  return { listen: () => listenOn(createServer(app)) }
}

async function createUsersInPostgres(pool, count) {
  await pool.query('CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, email text UNIQUE, password_hash text)')
  const passwordHash = count === 0 ? '' : await hashPassword(PASSWORD)
  for (let number = 0; number < count; number++) {
    await pool.query('INSERT INTO users VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      number,
      emailOf(number),
      passwordHash,
    ])
  }
  return {
    async find(email) {
      const { rows } = await pool.query('SELECT id, email, password_hash FROM users WHERE email = $1', [email])
      const [row] = rows
      return row === undefined ? null : { id: String(row.id), email: row.email, passwordHash: row.password_hash }
    },
  }
}
