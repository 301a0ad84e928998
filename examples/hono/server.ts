/*
 * Hono with Latchkey: notes of users who log in at /auth/login. Run `npm pack` in the checkout, then `npm install` and
 * `npm start` here.
 */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createLatchkey } from 'latchkey'
import { type AuthEnv, crossOrigin, latchkey, requireAuth } from 'latchkey/hono'
import { sqlite } from 'latchkey/sqlite'

const port = Number(process.env.PORT ?? 3000)
const auth = await createLatchkey({ baseUrl: `http://localhost:${port}`, storage: sqlite('app.db') })
const notes = new Map<string, string[]>()

const app = new Hono<AuthEnv>()
app.use(latchkey(auth)) // answers /auth/*, sets c.var.auth
app.use(crossOrigin(auth)) // refuses unsafe requests from pages of other origins

app.get('/', (c) => c.text(c.var.auth ? `Hello ${c.var.auth.user.email}` : 'Please log in'))

app.get('/notes', requireAuth(auth), (c) => c.json(notes.get(c.var.auth.user.id) ?? []))

app.post('/notes', requireAuth(auth), async (c) => {
  const { id } = c.var.auth.user
  const { text } = await c.req.json<{ text: string }>()
  notes.set(id, [...(notes.get(id) ?? []), String(text)])
  return c.json(notes.get(id), 201)
})

app.delete('/notes', requireAuth(auth, { fresh: true }), (c) => {
  notes.delete(c.var.auth.user.id)
  return c.body(null, 204)
})

serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => console.log(`http://localhost:${port}`))
