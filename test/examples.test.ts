/* Every example with a server.ts is a program that type-checks, starts, and lets people log in (the one of forward-auth
 * is for proxies: test/forward-auth.test.ts). */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'
import { Client } from './support/client.ts'
import { checkTypes, makeConsumer } from './support/consumer.ts'
import { freePort } from './support/free-port.ts'
import { PASSWORD } from './support/rings.ts'

const examples = resolve(import.meta.dirname, '../examples')
const names = readdirSync(examples).filter((name) => existsSync(join(examples, name, 'server.ts')))

describe('the examples', () => {
  let consumer: string
  beforeAll(() => {
    consumer = makeConsumer()
    cpSync(examples, join(consumer, 'examples'), { recursive: true })
  })

  test('type-check', () => {
    for (const name of names) checkTypes(consumer, [`examples/${name}/server.ts`], { skipLibCheck: true })
  })

  test.each(names)('%s starts, and notes are for those who log in', async (name) => {
    const port = await freePort()
    const cwd = join(consumer, 'examples', name)
    const env = { ...CHILD_ENVIRONMENT, PORT: String(port) }
    const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'))
    expect(scripts.start).toBe('node server.ts')
    const server = spawn(process.execPath, ['server.ts'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
    await once(server.stdout, 'data')
    const client = new Client((path, init) => fetch(`http://127.0.0.1:${port}${path}`, init))

    expect((await client.get('/')).text).toBe('Please log in')
    expect((await client.get('/notes')).body.code).toBe('unauthenticated')
    const account = { email: 'ada@example.com', password: PASSWORD }
    expect((await client.post('/auth/register', account)).status).toBe(201)
    expect((await client.post('/auth/logout')).status).toBe(204)
    expect((await client.post('/auth/login', account)).status).toBe(200)
    expect((await client.get('/')).text).toBe('Hello ada@example.com')
    expect((await client.post('/notes', { text: 'Buy milk' })).status).toBe(201)
    expect((await client.post('/notes', { text: 'evil' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await client.get('/notes')).body).toEqual(['Buy milk'])
    expect((await client.delete('/notes')).status).toBe(204)
    expect((await client.get('/notes')).body).toEqual([])
    server.kill('SIGKILL')
    await once(server, 'exit')
  })
})
