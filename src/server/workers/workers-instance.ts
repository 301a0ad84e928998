import { availableParallelism } from 'node:os'
import { passwordHashingSettings } from '../../crypto/settings.ts'
import type { Latchkey } from '../../instance.ts'
import { assembleLatchkey } from '../../latchkey.ts'
import type { LatchkeyOptions } from '../../options/options.ts'
import { connectStorage } from './connect-storage.ts'
import { createSharedMailbox } from './shared-mailbox.ts'
import type { WorkerLink } from './worker-link.ts'

/** Opens the instance of a worker. Its answers wait until the other workers have heard what the request changed. */
export async function openWorkersInstance(options: LatchkeyOptions, link: WorkerLink): Promise<Latchkey> {
  const seams = { developmentMailer: createSharedMailbox(link), processes: link.workers }
  const auth = await assembleLatchkey(shareWork(options, link), seams)
  return {
    ...auth,
    async handler(request, connection) {
      const response = await auth.handler(request, connection)
      await link.heard()
      return response
    },
  }
}

/** Returns the options of a worker: the lead has the jobs and the emails, and each worker a part of the cores for hashes. */
function shareWork(options: LatchkeyOptions, link: WorkerLink): LatchkeyOptions {
  const { passwordHashing } = options
  const { concurrency, maxWaiting } = passwordHashingSettings.complete(passwordHashing ?? {})
  return {
    ...options,
    ...(link.isLead ? {} : { sweepIntervalMs: 0, deliverMails: false }),
    passwordHashing: {
      ...passwordHashing,
      concurrency: Math.max(1, Math.floor((concurrency ?? availableParallelism()) / link.workers)),
      maxWaiting: Math.ceil(maxWaiting / link.workers),
    },
    storage: connectStorage(options.storage, link),
  }
}
