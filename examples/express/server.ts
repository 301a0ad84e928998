/*
 * Express with Latchkey: notes of users who log in at /auth/login. Run `npm pack` in the checkout, then `npm install` and
 * `npm start` here.
 */
import express from 'express'
import { createLatchkey } from 'latchkey'
import { crossOrigin, latchkey, principalOf, requireAuth } from 'latchkey/express'
import { sqlite } from 'latchkey/sqlite'

const port = Number(process.env.PORT ?? 3000)
const auth = await createLatchkey({ baseUrl: `http://localhost:${port}`, storage: sqlite('app.db') })
const notes = new Map<string, string[]>()

const app = express()
app.use(latchkey(auth)) // answers /auth/*, sets req.auth; register it before body parsers
app.use(crossOrigin(auth)) // refuses unsafe requests from pages of other origins
app.use(express.json())

app.get('/', (req, res) => {
  res.send(req.auth ? `Hello ${req.auth.user.email}` : 'Please log in')
})

app.get('/notes', requireAuth(auth), (req, res) => {
  res.json(notes.get(principalOf(req).user.id) ?? [])
})

app.post('/notes', requireAuth(auth), (req, res) => {
  const { id } = principalOf(req).user
  notes.set(id, [...(notes.get(id) ?? []), String(req.body.text)])
  res.status(201).json(notes.get(id))
})

app.delete('/notes', requireAuth(auth, { fresh: true }), (req, res) => {
  notes.delete(principalOf(req).user.id)
  res.status(204).end()
})

app.listen(port, '127.0.0.1', () => console.log(`http://localhost:${port}`))
