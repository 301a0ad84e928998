import { userInfo } from 'node:os'
import type { Latchkey } from '../instance.ts'
import { createLatchkey } from '../latchkey.ts'
import { readConfiguration } from '../server/configuration.ts'
import { printable } from './output.ts'
import { requireDatabase } from './require-database.ts'

/**
 * Runs one command against the database that the environment names, and closes it. The audit log records the actor
 * `cli:<name of the user of the operating system>`. The server sends the emails of the command.
 */
export async function withLatchkey<T>(work: (auth: Latchkey) => Promise<T>): Promise<T> {
  const configuration = await readConfiguration(process.env, process.cwd())
  await requireDatabase(configuration)
  const auth = await createLatchkey({
    ...configuration.options,
    actor: `cli:${operatorName()}`,
    sweepIntervalMs: 0,
    deliverMails: false,
  })
  try {
    return await work(auth)
  } finally {
    await auth.close()
  }
}

/** Returns the name of the operating system's user, or its number if it has no name, as in containers. */
function operatorName(): string {
  try {
    return printable(userInfo().username)
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
