import cluster from 'node:cluster'
import { flushCompileCache } from 'node:module'
import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import { ConfigurationError } from '../options/options.ts'
import { serviceSettings } from '../options/service-settings.ts'
import { type Configuration, readConfiguration } from '../server/configuration.ts'
import { refusePublicDevelopment } from '../server/refuse-public-development.ts'
import { type RunningServer, startServer } from '../server/serve.ts'
import { isSqliteInMemory } from '../server/sqlite-url.ts'
import { WorkerEnded } from '../server/workers/relay.ts'
import { startWorkers } from '../server/workers/start-workers.ts'
import { connectWorker, type WorkerLink } from '../server/workers/worker-link.ts'
import { collectGarbage } from './collect-garbage.ts'

/** Time after which a start has left what it leaves. */
const SETTLED_MS = 1_000

/** The command `latchkey serve`. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('start the server')
    .addHelpText('after', '\nExample:\n  PORT=8080 DATABASE_URL=sqlite:/var/lib/latchkey/latchkey.db latchkey serve')
    .action(serve)
}

async function serve(): Promise<void> {
  const link = cluster.isWorker ? await connectWorker() : null
  const configuration = await readConfiguration(process.env, process.cwd())
  const { environment, options } = configuration
  refusePublicDevelopment(environment)
  const server = await start(configuration, link)
  if (link === null && !environment.isProduction) greet(options.baseUrl, serviceSettings.complete(options).basePath)
  flushCompileCache() // for the next start, even if this process is killed
  setTimeout(collectGarbage, SETTLED_MS).unref()
  const stop = (): void => {
    if (process.listenerCount('SIGHUP') === 0) process.on('SIGHUP', () => undefined)
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  // npm and process groups send a signal twice; the second one changes nothing. systemd can send SIGHUP after SIGTERM.
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  link?.listen({ onStop: stop })
}

async function start(configuration: Configuration, link: WorkerLink | null): Promise<RunningServer> {
  const workers = countWorkers(configuration)
  if (link !== null || workers === 1) return startServer(configuration, link)
  try {
    return await startWorkers(configuration, workers)
  } catch (error) {
    if (error instanceof WorkerEnded) process.exit(error.exitCode) // it has told the reason
    throw error
  }
}

function countWorkers({ environment: { workers, databaseUrl } }: Configuration): number {
  const count = workers === 'auto' ? availableParallelism() : workers
  if (count > 1 && isSqliteInMemory(databaseUrl))
    throw new ConfigurationError('LATCHKEY_WORKERS: a database in memory has one process; set DATABASE_URL to a file')
  return count
}

function greet(baseUrl: string, basePath: string): void {
  const url = `${baseUrl}${basePath}`
  process.stdout.write(`
Latchkey listens on ${baseUrl}   (open it in a browser, or try these)

  curl -c jar -H 'Content-Type: application/json' -d '{"email":"ada@example.com","password":"correct horse battery"}' ${url}/register
  curl -b jar ${url}/session
  curl -b jar -c jar -X POST ${url}/logout

Reference: ${url}/reference

`)
}
