/*
 * `node bench/oauth.ts`: what OAuth costs, side by side in one run. It starts `latchkey serve` with and without OAuth in turn, and
 * compares the time until it listens and its memory then. It also compares the CPU time of `authenticate` for the warm token of an app
 * with that of an access token. Goals: at most 0.5 s and 60 MB more, and at most 5 % more CPU time.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { bundleCli } from '../scripts/bundle-cli.ts'
import { createLatchkey, type Latchkey } from '../src/index.ts'
import { sqlite } from '../src/sqlite.ts'
import { median, spreadOf } from './support/statistics.ts'

const STARTS = 7
const ROUNDS = 9
const CALLS = 100_000
const ORIGIN = 'http://localhost:3000'
const CALLBACK = 'https://app.example/callback'

interface Start {
  readonly listensAfterMs: number
  readonly rssMb: number
}

/** Starts the server once, and ends it. */
async function start(main: string, cwd: string, env: Record<string, string>): Promise<Start> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd,
    env: { PATH: process.env.PATH, PORT: '0', LATCHKEY_BASE_URL: ORIGIN, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) if (line.includes('"msg":"listening"')) break
  const listensAfterMs = performance.now() - startedAt
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
  child.kill('SIGTERM')
  await once(child, 'exit')
  return { listensAfterMs, rssMb: Number(kilobytes) / 1_024 }
}

async function measureStarts(): Promise<void> {
  const cache = join(import.meta.dirname, '../node_modules/.cache/latchkey-bench')
  await bundleCli(cache) // below the project, so that it finds the optional packages
  const cwd = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const [without, withOAuth]: [Start[], Start[]] = [[], []]
  for (let round = 0; round <= STARTS; round++) {
    const pair = [
      await start(join(cache, 'main.js'), cwd, {}),
      await start(join(cache, 'main.js'), cwd, { LATCHKEY_OAUTH: 'on' }),
    ]
    if (round === 0) continue // creates the database, and fills caches
    without.push(pair[0] as Start)
    withOAuth.push(pair[1] as Start)
  }
  rmSync(cwd, { recursive: true })
  for (const name of ['listensAfterMs', 'rssMb'] as const) {
    const [off, on] = [without, withOAuth].map((all) => spreadOf(all.map((each) => each[name])))
    const more = median(withOAuth.map((each, index) => each[name] - (without[index]?.[name] ?? 0)))
    console.log(`${name}: without ${show(off)}, with OAuth ${show(on)}, more in pairs ${more.toFixed(0)}`)
  }
}

function show(spread: ReturnType<typeof spreadOf> | undefined): string {
  if (spread === undefined) return ''
  return `${spread.median.toFixed(0)} (${spread.min.toFixed(0)} to ${spread.max.toFixed(0)})`
}

/** Returns an access token, and the token of an app of the service. */
async function makeTokens(auth: Latchkey): Promise<readonly [string, string]> {
  const json = { 'content-type': 'application/json' }
  const call = (path: string, init: RequestInit): Promise<Response> =>
    auth.handler(new Request(`${ORIGIN}${path}`, init))
  const body = JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' })
  const registered = await call('/auth/register', { method: 'POST', headers: json, body })
  const cookie = registered.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const created = await call('/auth/tokens', {
    method: 'POST',
    headers: { ...json, cookie },
    body: JSON.stringify({ name: 'bench', scopes: ['read'] }),
  })
  const app = { name: 'Bench', redirectUris: [CALLBACK], scopes: ['read'], isPublic: true, isFirstParty: true }
  const { client } = await auth.oauthClients.create(app)
  const verifier = 'v'.repeat(43)
  const asked = new URLSearchParams({
    client_id: client.id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid offline_access read',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const answer = await call(`/auth/oauth/authorize?${asked}`, { headers: { cookie } })
  const exchanged = await call('/auth/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client.id,
      code: new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: CALLBACK,
    }).toString(),
  })
  return [(await created.json()).token, (await exchanged.json()).access_token]
}

/** Returns the CPU time of one call in microseconds. */
async function measureCalls(auth: Latchkey, token: string): Promise<number> {
  const request = new Request(`${ORIGIN}/me`, { headers: { authorization: `Bearer ${token}` } })
  if ((await auth.authenticate(request)) === null) throw new Error('The token does not work')
  const before = process.cpuUsage()
  for (let call = 0; call < CALLS; call++) await auth.authenticate(request)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLS
}

async function measureTokens(): Promise<void> {
  const auth = await createLatchkey({
    baseUrl: ORIGIN,
    storage: sqlite(':memory:'),
    oauth: {},
    scopes: ['read'],
    mailer: async () => {},
  })
  const [accessToken, ofApp] = await makeTokens(auth)
  const times: [number, number][] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const pair: [number, number] = [await measureCalls(auth, accessToken), await measureCalls(auth, ofApp)]
    if (round > 0) times.push(pair)
  }
  const [own, app] = [median(times.map(([each]) => each)), median(times.map(([, each]) => each))]
  const ratio = median(times.map(([one, other]) => other / one))
  console.log(
    `authenticate, warm: access token ${own.toFixed(2)} µs, app ${app.toFixed(2)} µs, ratio in pairs ${ratio.toFixed(3)}`,
  )
  await auth.close()
}

await measureStarts()
await measureTokens()
