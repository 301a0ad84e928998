/* Measures how many passwords a core verifies if it does nothing else: the upper limit of logins. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { hash, verify } from '@node-rs/argon2'
import { endWithUs } from './cleanup.ts'
import { onCore, SERVER_CORE } from './cores.ts'
import { PASSWORD } from './requests.ts'

/** A process that verifies passwords on request. */
export interface Hashing {
  /** Returns verifications per second, one after the other, during the given seconds. */
  perSecond(seconds: number): Promise<number>
  stop(): void
}

/** Latchkey's default costs, which every subject uses. */
const COSTS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Starts the process, on the core of servers. */
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
