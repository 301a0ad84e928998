/*
 * Koa with Latchkey: notes of users who log in at /auth/login. Run `npm pack` in the checkout, then `npm install` and
 * `npm start` here.
 */
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
import { createLatchkey } from 'latchkey'
import { type AuthenticatedState, type AuthState, crossOrigin, latchkey, requireAuth } from 'latchkey/koa'
import { sqlite } from 'latchkey/sqlite'

const port = Number(process.env.PORT ?? 3000)
const auth = await createLatchkey({ baseUrl: `http://localhost:${port}`, storage: sqlite('app.db') })
const notes = new Map<string, string[]>()

const router = new Router<AuthenticatedState>()

router.get('/notes', requireAuth(auth), (ctx) => {
  ctx.body = notes.get(ctx.state.auth.user.id) ?? []
})

router.post('/notes', requireAuth(auth), (ctx) => {
  const { id } = ctx.state.auth.user
  const { text } = ctx.request.body as { text: string }
  notes.set(id, [...(notes.get(id) ?? []), String(text)])
  ctx.status = 201
  ctx.body = notes.get(id)
})

router.delete('/notes', requireAuth(auth, { fresh: true }), (ctx) => {
  notes.delete(ctx.state.auth.user.id)
  ctx.status = 204
})

const app = new Koa<AuthState>()
app.use(latchkey(auth)) // answers /auth/*, sets ctx.state.auth; register it before body parsers
app.use(crossOrigin(auth)) // refuses unsafe requests from pages of other origins
app.use(bodyParser())
app.use((ctx, next) => {
  if (ctx.path !== '/') return next()
  ctx.body = ctx.state.auth ? `Hello ${ctx.state.auth.user.email}` : 'Please log in'
})
app.use(router.routes())
app.listen(port, '127.0.0.1', () => console.log(`http://localhost:${port}`))
