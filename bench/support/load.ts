/* Load on a server: as fast as it answers (closed loop), or so many requests a second whatever it does (open loop). */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, HttpConnection } from './http-connection.ts'
import { percentile } from './statistics.ts'

/** What a stretch of load gave. */
export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** As fast as it answers. */
export interface ClosedLoop {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** The text of the next request. */
  readonly next: () => string
  /**
   * Never sleeps while it waits for answers: to wake a sleeping process on another core costs the server a third of a request,
   * and only a server that is slow enough to find the other side asleep. Not beside databases, which need the core.
   */
  readonly staysAwake?: boolean
  /** True when enough was sent, before the time is over. */
  readonly isDone?: () => boolean
  /** Called when all connections stand, before the time begins. */
  readonly onConnected?: () => Promise<void>
}

/** So many requests a second. */
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
 * Each connection sends its next request as soon as the last is answered.
 * The rate counts every answer, also those that come when the time is over, until the last of them: so it holds for
 * answers that are few, slow, or come all at once.
 * @throws Error when any answer is not 200.
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

/** Keeps the event loop turning, until what it returns is called. */
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
 * Sends at a steady pace and never waits for an earlier answer: a request that finds all connections busy opens another.
 * @throws Error when any answer is not 200.
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
      exchange.catch(() => undefined) // thrown below, by what waits for all
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
