/* Promise 8: after kill -9 the database has every answered request, and no part of an unanswered one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ROOMY_LIMITS } from '../src/testing/roomy-limits.ts'
import type { Client } from './support/client.ts'
import { PASSWORD } from './support/rings.ts'
import { rounds } from './support/rounds.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'

const ROUNDS = rounds(200, 30)
const LANES = 2
const CLIENTS = 3

interface Acknowledged {
  readonly email: string
  readonly cookie: string
}

/** Registers and logs in until the server is gone; records the answered requests. */
async function registerAndLogIn(client: Client, name: string, onAnswer: (done: Acknowledged) => void): Promise<void> {
  const note = (email: string): void => onAnswer({ email, cookie: client.cookies.get('latchkey') ?? '' })
  try {
    for (let count = 0; ; count++) {
      const email = `${name}-${count}@example.com`
      client.cookies.clear()
      const registered = await client.post('/auth/register', { email, password: PASSWORD })
      if (registered.status === 201) note(email)
      client.cookies.clear()
      const loggedIn = await client.post('/auth/login', { email, password: PASSWORD })
      if (loggedIn.status === 200) note(email)
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error // fetch failed: the server was killed
  }
}

async function expectAllThere(server: ServerProcess, acknowledged: readonly Acknowledged[]): Promise<void> {
  for (const { email, cookie } of acknowledged) {
    const { status, body } = await server.client().get('/auth/session', { cookie: `latchkey=${cookie}` })
    expect([email, status, body.user?.email]).toEqual([email, 200, email])
  }
}

function expectSound(path: string): void {
  const file = new DatabaseSync(path)
  expect(file.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  const half = file.prepare(
    'SELECT count(*) AS n FROM users WHERE id NOT IN (SELECT user_id FROM passwords) OR id NOT IN (SELECT user_id FROM sessions)',
  )
  expect(half.get()).toEqual({ n: 0 })
  file.close()
}

describe('kill -9', () => {
  test(`${ROUNDS} rounds of kill -9 during registrations and logins lose no answered request`, {
    timeout: 600_000,
  }, async () => {
    const counts = await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)))
    const total = counts.reduce((sum, count) => sum + count, 0)
    console.log(`kill -9: ${ROUNDS} rounds, ${total} acknowledged registrations and logins, all there`)
    expect(total).toBeGreaterThanOrEqual((ROUNDS * 3) / 4) // in a quarter of the rounds, the kill may come before the first answer
  })

  async function runLane(lane: number): Promise<number> {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-crash-'))
    writeFileSync(
      join(directory, 'latchkey.config.mjs'),
      `export default { throttle: ${JSON.stringify(ROOMY_LIMITS)} }`,
    )
    let total = 0
    let last: Acknowledged[] = []
    for (let round = 0; round < ROUNDS / LANES; round++) {
      const server = await startServerProcess({}, directory)
      await expectAllThere(server, last)
      const acknowledged: Acknowledged[] = []
      last = acknowledged
      const { promise: firstAnswer, resolve } = Promise.withResolvers<void>()
      const onAnswer = (done: Acknowledged): void => {
        acknowledged.push(done)
        resolve()
      }
      const work = Array.from({ length: CLIENTS }, (_, index) =>
        registerAndLogIn(server.client(), `lane${lane}-${round}-${index}`, onAnswer),
      )
      if (round % 4 !== 0) await firstAnswer
      await sleep(Math.random() * 250) // the time of the kill is random; no event is awaited here
      await server.end('SIGKILL')
      await Promise.all(work)
      total += last.length
      if (round % 10 === 9) expectSound(join(directory, 'latchkey.db'))
    }
    const server = await startServerProcess({}, directory)
    await expectAllThere(server, last)
    await server.end('SIGTERM')
    rmSync(directory, { recursive: true })
    return total
  }
})
