/*
 * Fastify with Latchkey: notes of users who log in at /auth/login. Run `npm pack` in the checkout, then `npm install` and
 * `npm start` here.
 */
import fastify from 'fastify'
import { createLatchkey } from 'latchkey'
import { crossOrigin, latchkey, principalOf, requireAuth } from 'latchkey/fastify'
import { sqlite } from 'latchkey/sqlite'

const port = Number(process.env.PORT ?? 3000)
const auth = await createLatchkey({ baseUrl: `http://localhost:${port}`, storage: sqlite('app.db') })
const notes = new Map<string, string[]>()

const app = fastify()
await app.register(latchkey, { auth }) // answers /auth/*, sets request.auth
app.addHook('onRequest', crossOrigin(auth)) // refuses unsafe requests from pages of other origins

app.get('/', async ({ auth }) => (auth ? `Hello ${auth.user.email}` : 'Please log in'))

app.get('/notes', { onRequest: requireAuth(auth) }, async (request) => notes.get(principalOf(request).user.id) ?? [])

app.post<{ Body: { text: string } }>('/notes', { onRequest: requireAuth(auth) }, async (request, reply) => {
  const { id } = principalOf(request).user
  notes.set(id, [...(notes.get(id) ?? []), String(request.body.text)])
  return reply.code(201).send(notes.get(id))
})

app.delete('/notes', { onRequest: requireAuth(auth, { fresh: true }) }, async (request, reply) => {
  notes.delete(principalOf(request).user.id)
  return reply.code(204).send()
})

await app.listen({ port, host: '127.0.0.1' })
console.log(`http://localhost:${port}`)
