/*
 * NestJS on Express with Latchkey: notes of users who log in at /auth/login. Run `npm pack` in the checkout, then
 * `npm install` and `npm start` here.
 */
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { crossOrigin, latchkey } from 'latchkey/express'
import { auth, port, RefusalFilter } from './auth.ts'
import { NotesModule } from './notes.ts'

const app = await NestFactory.create<NestExpressApplication>(NotesModule, { bodyParser: false })
app.use(latchkey(auth)) // answers /auth/*, sets request.auth; register it before body parsers
app.use(crossOrigin(auth)) // refuses unsafe requests from pages of other origins
app.useBodyParser('json')
app.useGlobalFilters(new RefusalFilter())
await app.listen(port, '127.0.0.1')
console.log(`http://localhost:${port}`)
