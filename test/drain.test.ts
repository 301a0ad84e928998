/* A server that stops cuts no request. */
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { PASSWORD } from './support/rings.ts'
import { startServerProcess } from './support/server-process.ts'

const CREDENTIALS = { email: 'ada@example.com', password: PASSWORD }

const start = (env: Record<string, string>) => startServerProcess(env, mkdtempSync(join(tmpdir(), 'latchkey-drain-')))

test('while it drains, the server is not ready, accepts requests and closes their connections; a second signal changes nothing', async () => {
  const server = await start({ LATCHKEY_DRAIN_MS: '6000' })
  const client = server.client()
  expect((await client.post('/auth/register', CREDENTIALS)).status).toBe(201)
  const ended = server.end('SIGTERM')
  await vi.waitFor(() => expect(server.lines.at(-1)).toContain('"msg":"stopping"'), { timeout: 20_000 })
  server.child.kill('SIGTERM')
  server.child.kill('SIGINT')
  server.child.kill('SIGHUP')
  const ready = await client.get('/health/ready')
  expect([ready.status, ready.body.code, ready.headers.get('retry-after')]).toEqual([503, 'unavailable', '1'])
  expect(ready.headers.get('connection')).toBe('close')
  const login = await client.post('/auth/login', CREDENTIALS)
  expect([login.status, login.headers.get('connection')]).toEqual([200, 'close'])
  expect((await client.get('/health/live')).status).toBe(200)
  await ended
  expect(server.child.exitCode).toBe(0)
  expect(server.lines.at(-1)).toContain('"msg":"stopped"')
  expect(server.lines.filter((line) => line.includes('"level":50'))).toEqual([])
})

test('requests whose bytes were not read when the signal came are answered', async () => {
  const server = await start({})
  const client = server.client()
  expect((await client.post('/auth/register', CREDENTIALS)).status).toBe(201)
  const body = JSON.stringify(CREDENTIALS)
  const request = [
    'POST /auth/login HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
  const old = connect(server.port, '127.0.0.1')
  old.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(old, 'data') // kept alive, and idle
  server.child.kill('SIGSTOP')
  const sockets = [old, ...Array.from({ length: 15 }, () => connect(server.port, '127.0.0.1'))]
  const answers = sockets.map((socket) => text(socket))
  await Promise.all(sockets.map((socket) => new Promise((sent) => socket.write(request, sent))))
  const ended = server.end('SIGTERM')
  server.child.kill('SIGCONT')
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/HTTP\/1.1 200 /)
  await ended
  expect(server.child.exitCode).toBe(0)
})

test('an idle connection and one that never sends a request do not keep the server', async () => {
  const server = await start({})
  const idle = connect(server.port, '127.0.0.1')
  idle.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(idle, 'data')
  const silent = connect(server.port, '127.0.0.1')
  await once(silent, 'connect')
  await server.end('SIGTERM')
  expect(server.child.exitCode).toBe(0)
})
