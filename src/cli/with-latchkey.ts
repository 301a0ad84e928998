import { createLatchkey, type Latchkey } from '../latchkey.ts'
import { readConfiguration } from '../server/configuration.ts'

/** Runs one command against the database that the environment names, and closes it. Its mails are sent by the server. */
export async function withLatchkey<T>(work: (auth: Latchkey) => Promise<T>): Promise<T> {
  const { options } = await readConfiguration(process.env, process.cwd())
  const auth = await createLatchkey({ ...options, sweepIntervalMs: 0, deliverMails: false })
  try {
    return await work(auth)
  } finally {
    await auth.close()
  }
}
