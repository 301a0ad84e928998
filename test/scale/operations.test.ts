/* Metrics, spans, health, and the deployment of compose.yaml with a real nginx. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { parse } from 'yaml'
import { Client } from '../support/client.ts'
import { freePort } from '../support/free-port.ts'
import { createDatabase, dropDatabase } from '../support/postgres-server.ts'
import { startRedis } from '../support/redis-server.ts'
import { PASSWORD, startInstance } from '../support/rings.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const SECRET = Buffer.alloc(32, 7).toString('base64url')
const ADA = { email: 'ada@example.com', password: PASSWORD }

describe('metrics', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'latchkey-metrics-'))
  let server: ServerProcess
  let metricsUrl: string
  beforeAll(async () => {
    const metricsPort = await freePort()
    metricsUrl = `http://127.0.0.1:${metricsPort}`
    server = await startServerProcess({ LATCHKEY_METRICS_PORT: String(metricsPort) }, cwd)
  })
  afterAll(async () => {
    await server.end('SIGTERM')
    rmSync(cwd, { recursive: true })
  })

  test('logins by outcome, verifications by cache result, storage, hash queue, cache and lag', async () => {
    const client = server.client()
    await client.post('/auth/register', ADA)
    await client.post('/auth/login', { ...ADA, password: 'wrong password here' })
    await client.post('/auth/login', ADA)
    for (let count = 0; count < 3; count++) await client.get('/auth/session')
    await server.client().get('/auth/session', { cookie: 'latchkey=garbage' })
    const answer = await fetch(`${metricsUrl}/metrics`)
    expect(answer.headers.get('content-type')).toContain('text/plain')
    const text = await answer.text()
    const value = (line: string): number =>
      Number(
        text
          .split('\n')
          .find((each) => each.startsWith(`${line} `))
          ?.split(' ')[1],
      )
    expect(value('latchkey_logins_total{outcome="succeeded"}')).toBe(2)
    expect(value('latchkey_logins_total{outcome="refused"}')).toBe(1)
    expect(value('latchkey_verifications_total{result="cold"}')).toBeGreaterThanOrEqual(1)
    expect(value('latchkey_verifications_total{result="warm"}')).toBeGreaterThanOrEqual(2)
    expect(value('latchkey_verifications_total{result="refused"}')).toBe(1)
    expect(value('latchkey_cached_sessions')).toBe(1)
    expect(value('latchkey_hash_queue_waiting')).toBe(0)
    expect(value('latchkey_invalidation_lag_seconds')).toBe(0)
    expect(value('latchkey_storage_duration_seconds_count{operation="select"}')).toBeGreaterThan(3)
    expect(text).toContain('process_resident_memory_bytes')
    expect(text).not.toContain(client.cookies.get('latchkey'))
  })

  test('emails by kind and outcome', async () => {
    await server.client().post('/auth/register', { ...ADA, email: 'bob@example.com' })
    await until(async () => {
      const text = await (await fetch(`${metricsUrl}/metrics`)).text()
      return /^latchkey_mails_total\{kind="verify_email",outcome="sent"\} [1-9]/m.test(text)
    })
  })

  test('metrics are on their own port, which serves nothing else (ASVS 13.4.5)', async () => {
    expect((await server.client().get('/metrics')).status).toBe(404)
    expect((await fetch(`${metricsUrl}/auth/session`)).status).toBe(404)
    expect((await fetch(`${metricsUrl}/metrics`, { method: 'POST' })).status).toBe(404)
  })
})

describe('OpenTelemetry', () => {
  test('one span for the request, one for each statement in it, and no values (ASVS 1.2.4)', async () => {
    const exporter = new InMemorySpanExporter()
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    provider.register()
    const instance = await startInstance('handler')
    const client = instance.client()
    await client.post('/auth/register', ADA)
    await client.post('/auth/login?x=secret-query', { ...ADA, password: 'wrong password here' })
    const spans = exporter.getFinishedSpans()
    const request = spans.find(({ name }) => name === 'POST /auth/login')
    expect(request?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/auth/login',
      'http.response.status_code': 401,
    })
    const within = spans.filter((span) => span.parentSpanContext?.spanId === request?.spanContext().spanId)
    expect(within.map(({ name }) => name.toLowerCase())).toContain('select')
    const all = JSON.stringify(spans.map(({ name, attributes }) => ({ name, attributes })))
    for (const secret of [PASSWORD, 'secret-query', 'ada@example.com', client.cookies.get('latchkey') ?? 'x']) {
      expect(all).not.toContain(secret)
    }
    await instance.close()
    await provider.shutdown()
    trace.disable()
  })
})

describe('two nodes behind nginx, as in compose.yaml', () => {
  test('a session of one node works on both, and nginx skips a node that dies', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'latchkey-nginx-'))
    const databaseUrl = await createDatabase(inject('databaseServer'))
    const redisServer = await startRedis()
    const env = {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisServer.url,
      LATCHKEY_SECRETS: SECRET,
      LATCHKEY_TRUST_PROXY: '1',
    }
    const nodes = [await startServerProcess(env, cwd), await startServerProcess(env, cwd)] as const
    const port = await freePort()
    const configuration = readFileSync('deploy/nginx.conf', 'utf8')
      .replace('node-1:3000', `127.0.0.1:${nodes[0].port}`)
      .replace('node-2:3000', `127.0.0.1:${nodes[1].port}`)
      .replace('listen 8080', `listen 127.0.0.1:${port}`)
    writeFileSync(join(cwd, 'nginx.conf'), `pid ${cwd}/nginx.pid;\nerror_log ${cwd}/error.log;\n${configuration}`)
    const args = ['-c', join(cwd, 'nginx.conf'), '-e', join(cwd, 'error.log'), '-g', 'daemon off;']
    const nginx = spawn('nginx', args, { stdio: 'inherit' })
    const client = new Client((path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init }))
    await until(() =>
      client.get('/auth').then(
        ({ status }) => status === 200,
        () => false,
      ),
    )

    const registered = await client.post('/auth/register', ADA, { 'x-forwarded-for': '203.0.113.9' })
    expect([registered.status, registered.body.session.device.ip]).toEqual([201, '127.0.0.1'])
    for (let count = 0; count < 10; count++) expect((await client.get('/auth/session')).status).toBe(200)
    const served = nodes.map(({ lines }) => lines.filter((line) => line.includes('/auth/session')).length)
    expect(Math.min(...served)).toBeGreaterThan(0)
    expect((await client.get('/health/ready')).status).toBe(404)

    await nodes[0].end('SIGKILL')
    for (let count = 0; count < 10; count++) expect((await client.get('/auth/session')).status).toBe(200)

    const ended = once(nginx, 'exit')
    nginx.kill('SIGTERM')
    await ended
    await nodes[1].end('SIGTERM')
    await redisServer.remove()
    await dropDatabase(databaseUrl)
    rmSync(cwd, { recursive: true })
  })

  test('compose.yaml sets only variables that the server knows', () => {
    const compose = readFileSync('compose.yaml', 'utf8')
    const documented = readFileSync('docs/configuration.md', 'utf8')
    const variables = [...compose.matchAll(/^ {4}([A-Z_]+): /gm)].map(([, name]) => name)
    expect(variables.length).toBeGreaterThan(4)
    for (const name of variables) expect(documented).toContain(`\`${name}\``)
  })

  test('CWE-798: compose.yaml has no password, and deploy/env.sh makes new ones', async () => {
    const compose = readFileSync('compose.yaml', 'utf8')
    const secrets = [...compose.matchAll(/(?:PASSWORD|SECRETS|AUTH): '?(\S*)|\/\/[\w]*:([^@\n]*)@/g)]
    expect(secrets.length).toBeGreaterThan(4)
    for (const [, value, inUrl] of secrets) expect(value ?? inUrl).toMatch(/^\$\{[A-Z_]+/)
    const environment = (): string[] => execFileSync('sh', ['deploy/env.sh'], { encoding: 'utf8' }).trim().split('\n')
    const names = [...new Set([...compose.matchAll(/\$\{(\w+)/g)].map(([, name]) => name))].sort()
    expect(environment().map((line) => line.split('=')[0])).toEqual(names)
    const values = [...environment(), ...environment()].map((line) => line.split('=')[1])
    expect(new Set(values).size).toBe(values.length)
    for (const value of values) expect(value).toMatch(/^[\w-]{43}$/)
  })

  test('the services of compose.yaml cannot gain privileges, and the nodes write to no disk', () => {
    const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
      services: Record<string, Record<string, unknown>>
    }
    for (const service of Object.values(services)) expect(service.security_opt).toEqual(['no-new-privileges:true'])
    const hardened = { user: '1000:1000', read_only: true, cap_drop: ['ALL'] }
    expect([services['node-1'], services['node-2']]).toEqual([
      expect.objectContaining(hardened),
      expect.objectContaining(hardened),
    ])
  })
})
