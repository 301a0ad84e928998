/*
 * A server with several processes. The first process starts the others, the workers, which answer the requests. It replaces a worker
 * that ends, and carries messages between them.
 */
import cluster from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Configuration } from '../configuration.ts'
import { listen } from '../listen.ts'
import { createServerLog } from '../log.ts'
import { createMetricsServerOfWorkers } from '../metrics.ts'
import type { RunningServer } from '../serve.ts'
import { createRelay } from './relay.ts'

/** A worker that lives shorter is replaced only after this time: one that cannot start would otherwise take a whole core. */
const SHORTEST_LIFE_MS = 1_000

/**
 * Starts the workers. Resolves when all of them listen.
 * @throws WorkerEnded if one ends before that.
 */
export async function startWorkers({ environment, options }: Configuration, count: number): Promise<RunningServer> {
  const { host, metricsPort } = environment
  const log = createServerLog()
  const relay = createRelay()
  const metricsServer = metricsPort === undefined ? null : await createMetricsServerOfWorkers()
  let isStopping = false
  let stopped: Promise<void> | null = null
  cluster.schedulingPolicy = cluster.SCHED_RR // the default, except on Windows

  async function start(isLead: boolean): Promise<number> {
    const startedAt = performance.now()
    const worker = cluster.fork()
    worker.on('error', (error) => log.onError(error, null))
    relay.send(worker, { latchkey: 'start', isLead, workers: count })
    const port = await relay.portOf(worker)
    worker.once('exit', (code, signal) => {
      if (isStopping) return
      log.warn('a worker ended and is replaced', { worker: worker.process.pid, code, signal })
      void replace(isLead, SHORTEST_LIFE_MS - (performance.now() - startedAt))
    })
    return port
  }

  async function replace(isLead: boolean, waitMs: number): Promise<void> {
    await sleep(Math.max(0, waitMs))
    if (isStopping) return
    await start(isLead).catch((error: unknown) => {
      log.onError(error, null)
      return replace(isLead, SHORTEST_LIFE_MS)
    })
  }

  async function stop(): Promise<void> {
    isStopping = true
    const alive = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isDead() === false)
    relay.stop()
    await Promise.all(alive.map((worker) => worker && once(worker, 'exit')))
    metricsServer?.close()
    metricsServer?.closeAllConnections()
  }

  try {
    // The lead migrates the database and creates the secrets of a development setup, so the others start after it.
    const port = await start(true)
    await Promise.all(Array.from({ length: count - 1 }, () => start(false)))
    const ports = {
      port,
      metricsPort: metricsServer === null ? undefined : await listen(metricsServer, metricsPort ?? 0, host),
    }
    log.info('listening', { ...ports, host, baseUrl: options.baseUrl, workers: count })
    return {
      port,
      stop() {
        stopped ??= stop().then(() => log.info('stopped'))
        return stopped
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
