import { flushCompileCache } from 'node:module'
import { Command } from 'commander'
import { serviceSettings } from '../options/service-settings.ts'
import { readConfiguration } from '../server/configuration.ts'
import { refusePublicDevelopment } from '../server/refuse-public-development.ts'
import { startServer } from '../server/serve.ts'

/** The command `latchkey serve`. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('start the server')
    .addHelpText('after', '\nExample:\n  PORT=8080 DATABASE_URL=sqlite:/var/lib/latchkey/latchkey.db latchkey serve')
    .action(serve)
}

async function serve(): Promise<void> {
  const configuration = await readConfiguration(process.env, process.cwd())
  refusePublicDevelopment(configuration.environment)
  const server = await startServer(configuration)
  if (!configuration.environment.isProduction)
    greet(configuration.options.baseUrl, serviceSettings.complete(configuration.options).basePath)
  flushCompileCache() // for the next start, even if this process is killed
  const stop = (): void => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  // npm and process groups send a signal twice; the second one changes nothing.
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
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
