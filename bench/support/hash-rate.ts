/* How many passwords a core verifies when it does nothing else: the most logins there can be. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { hash, verify } from '@node-rs/argon2'
import { endWithUs } from './cleanup.ts'
import { onCore, SERVER_CORE } from './cores.ts'
import { PASSWORD } from './requests.ts'

/** A process that verifies passwords when told to. */
export interface Hashing {
  /** Verifications per second, one after the other, for so many seconds. */
  perSecond(seconds: number): Promise<number>
  stop(): void
}

/** Latchkey's defaults, which every subject hashes with. */
const COSTS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Starts it, on the core of servers. */
export async function startHashing(): Promise<Hashing> {
  const [execPath, execArgv] = onCore(SERVER_CORE, [process.execPath])
  const child = endWithUs(fork(fileURLToPath(import.meta.url), { execPath, execArgv }))
  await once(child, 'message')
  return {
    async perSecond(seconds) {
      child.send(seconds)
      const [rate] = (await once(child, 'message')) as [number]
      return rate
    },
    stop: () => child.disconnect(),
  }
}

async function verifyFor(seconds: number, known: string): Promise<number> {
  const startedAt = performance.now()
  let count = 0
  while (performance.now() < startedAt + seconds * 1_000) {
    await verify(known, PASSWORD)
    count++
  }
  return count / ((performance.now() - startedAt) / 1_000)
}

if (import.meta.main) {
  const known = await hash(PASSWORD, COSTS)
  process.on('message', (seconds) => void verifyFor(Number(seconds), known).then((rate) => process.send?.(rate)))
  process.on('disconnect', () => process.exit(0))
  process.send?.('ready')
}
