/* Writes everything that is derived from the source, the tests and the benchmark: `npm run write`. Tests and checks compare it. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

for (const name of ['architecture', 'asvs', 'capacity', 'events', 'problems', 'settings']) {
  execFileSync(process.execPath, [join(import.meta.dirname, `write-${name}.ts`)], { stdio: 'inherit' })
}
