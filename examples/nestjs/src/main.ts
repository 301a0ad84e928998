/*
 * NestJS on Express with Latchkey: notes of people who log in at /auth/login. In the checkout `npm pack`, then here
 * `npm install` and `npm start`.
 */
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { crossOrigin, latchkey } from 'latchkey/express'
import { auth, port, RefusalFilter } from './auth.ts'
import { NotesModule } from './notes.ts'

const app = await NestFactory.create<NestExpressApplication>(NotesModule, { bodyParser: false })
app.use(latchkey(auth)) // answers /auth/*, sets request.auth; before what parses bodies
app.use(crossOrigin(auth)) // pages of other origins change nothing
app.useBodyParser('json')
app.useGlobalFilters(new RefusalFilter())
await app.listen(port, '127.0.0.1')
console.log(`http://localhost:${port}`)
