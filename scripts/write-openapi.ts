/* Writes dist/openapi.json, as the server serves it, for the linter. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createLatchkey } from '../src/index.ts'
import { sqlite } from '../src/sqlite.ts'

const auth = await createLatchkey({ baseUrl: 'http://localhost:3000', storage: sqlite(':memory:') })
const response = await auth.handler(new Request('http://localhost:3000/auth/openapi.json'))
mkdirSync('dist', { recursive: true })
writeFileSync('dist/openapi.json', await response.text())
await auth.close()
