/* Load on a server: as fast as it responds (closed loop), or at a fixed rate (open loop). */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, HttpConnection } from './http-connection.ts'
import { percentile } from './statistics.ts'

/** The results of one period of load. */
export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Load that is as fast as the server responds. */
export interface ClosedLoop {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Returns the text of the next request. */
  readonly next: () => string
  /**
   * Keeps the load generator awake while it waits for responses. Waking a sleeping process on another core costs the
   * server a third of a request, and only a server that is slow enough to find it asleep. Do not use it with databases,
   * which need the core.
   */
  readonly staysAwake?: boolean
  /** Returns true if enough requests were sent before the time is over. */
  readonly isDone?: () => boolean
  /** Called when all connections are open, before the time starts. */
  readonly onConnected?: () => Promise<void>
}

/** Load at a fixed number of requests per second. */
export interface OpenLoop {
  readonly port: number
  readonly perSecond: number
  readonly seconds: number
  readonly next: () => string
}

interface Recording {
  readonly startedAt: number
  readonly latenciesMs: number[]
  lastAnswerAt: number
}

/**
 * Runs a closed loop: each connection sends its next request as soon as the previous one is answered. The rate counts
 * every response until the last one, also those after the end of the time, so it is right for responses that are few,
 * slow, or arrive all at once.
 * @throws Error if any status is not 200.
 */
export async function runClosedLoop(load: ClosedLoop): Promise<LoadResult> {
  const { port, connections, seconds, next, isDone, staysAwake = false, onConnected } = load
  const pool = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(port)))
  await onConnected?.()
  const recording = newRecording()
  const endAt = performance.now() + seconds * 1_000
  const isOver = (now: number): boolean => now >= endAt || isDone?.() === true
  const letSleep = staysAwake ? stayAwake() : () => undefined
  try {
    await Promise.all(pool.map((connection) => sendUntil(connection, isOver, next, recording)))
  } finally {
    letSleep()
    for (const connection of pool) connection.close()
  }
  return summarise(recording)
}

/** Keeps the event loop turning until the returned function is called. */
function stayAwake(): () => void {
  let immediate = setImmediate(function turn() {
    immediate = setImmediate(turn)
  })
  return () => clearImmediate(immediate)
}

function sendUntil(
  connection: HttpConnection,
  isOver: (now: number) => boolean,
  next: () => string,
  recording: Recording,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const watch = setInterval(() => connection.failure !== null && settle(connection.failure), 100)
    let sentAt = 0

    function settle(error?: Error): void {
      clearInterval(watch)
      if (error === undefined) resolve()
      else reject(error)
    }

    function send(): void {
      try {
        sentAt = performance.now()
        connection.send(next(), receive)
      } catch (error) {
        settle(error as Error)
      }
    }

    function receive(answer: Answer): void {
      const now = note(recording, sentAt)
      if (answer.status !== 200) settle(unexpected(answer))
      else if (isOver(now)) settle()
      else send()
    }

    send()
  })
}

/**
 * Runs an open loop: sends at a steady rate and never waits for an earlier response. If all connections are busy, a
 * request opens another one.
 * @throws Error if any status is not 200.
 */
export async function runOpenLoop({ port, perSecond, seconds, next }: OpenLoop): Promise<LoadResult> {
  const pool: HttpConnection[] = []
  const recording = newRecording()
  const underWay = new Set<Promise<void>>()
  const startAt = performance.now()
  try {
    for (let index = 0; index < perSecond * seconds; index++) {
      const waitMs = startAt + (index * 1_000) / perSecond - performance.now()
      if (waitMs > 0) await sleep(waitMs)
      const exchange = sendOnIdle(pool, port, next(), recording).finally(() => underWay.delete(exchange))
      underWay.add(exchange)
      exchange.catch(() => undefined) // Promise.all below throws this error
    }
    await Promise.all(underWay)
  } finally {
    for (const connection of pool) connection.close()
  }
  return summarise(recording)
}

async function sendOnIdle(pool: HttpConnection[], port: number, request: string, recording: Recording): Promise<void> {
  let connection = pool.find((each) => !each.isBusy && each.failure === null)
  if (connection === undefined) {
    connection = await HttpConnection.open(port)
    pool.push(connection)
  }
  const sentAt = performance.now()
  const idle = connection
  const answer = await new Promise<Answer>((resolve) => idle.send(request, resolve))
  note(recording, sentAt)
  if (answer.status !== 200) throw unexpected(answer)
}

function newRecording(): Recording {
  return { startedAt: performance.now(), latenciesMs: [], lastAnswerAt: 0 }
}

function note(recording: Recording, sentAt: number): number {
  const now = performance.now()
  recording.latenciesMs.push(now - sentAt)
  recording.lastAnswerAt = now
  return now
}

function summarise({ latenciesMs, startedAt, lastAnswerAt }: Recording): LoadResult {
  const seconds = (lastAnswerAt - startedAt) / 1_000
  return {
    requests: latenciesMs.length,
    perSecond: latenciesMs.length / seconds,
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
  }
}

function unexpected({ status, head, body }: Answer): Error {
  return new Error(`The server answers with ${status}\n${head}\n\n${body.slice(0, 500)}`)
}
