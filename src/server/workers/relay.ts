import cluster, { type Worker } from 'node:cluster'
import { isOurs, type PrimaryMessage, type SiblingMessage, type WorkerMessage } from './messages.ts'

/** Carries messages between the workers. */
export interface Relay {
  send(worker: Worker, message: PrimaryMessage): void
  /**
   * Resolves with the port when the worker listens.
   * @throws WorkerEnded from the promise if the worker ends first.
   */
  portOf(worker: Worker): Promise<number>
  /** Asks all workers to stop. One that does not listen yet is ended by a signal. */
  stop(): void
}

/** A worker ended before it listened. It has told the reason on standard error. */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded'
  readonly exitCode: number

  constructor(exitCode: number) {
    super('A worker ended before it listened')
    this.exitCode = exitCode
  }
}

/** Starts to carry messages. Call it once in a process. */
export function createRelay(): Relay {
  const listening = new Set<number>()
  /** The workers that have not heard a message yet, by the message. */
  const unheard = new Map<string, Set<number>>()

  cluster.on('message', (worker, message: unknown) => {
    if (isOurs<WorkerMessage>(message)) receive(worker, message)
  })
  cluster.on('exit', ({ id }) => {
    listening.delete(id)
    for (const key of [...unheard.keys()]) settle(key, id)
  })

  function receive(worker: Worker, message: WorkerMessage): void {
    switch (message.latchkey) {
      case 'listening':
        listening.add(worker.id)
        worker.emit('latchkey listening', message.port)
        break
      case 'heard':
        settle(keyOf(message.sender, message.id), worker.id)
        break
      case 'changed': {
        const key = keyOf(worker.id, message.id)
        unheard.set(key, new Set(passOn(worker, message)))
        settle(key, worker.id)
        break
      }
      default:
        passOn(worker, message)
    }
  }

  /** Sends a message to all other workers; returns their numbers. */
  function passOn(sender: Worker, message: SiblingMessage): number[] {
    const others = allWorkers().filter(({ id }) => id !== sender.id && listening.has(id))
    for (const other of others) send(other, { ...message, sender: sender.id })
    return others.map(({ id }) => id)
  }

  /** Notes that a worker has heard a message, or has no copies because it has ended. */
  function settle(key: string, worker: number): void {
    const waiting = unheard.get(key)
    waiting?.delete(worker)
    if (waiting?.size !== 0) return
    unheard.delete(key)
    const [sender = 0, id = 0] = key.split(' ').map(Number)
    const teller = cluster.workers?.[sender]
    if (teller !== undefined) send(teller, { latchkey: 'all heard', id })
  }

  return {
    send,
    portOf(worker) {
      return new Promise((resolve, reject) => {
        worker.once('latchkey listening', resolve)
        worker.once('exit', (code: number | null) => reject(new WorkerEnded(code === null || code === 0 ? 1 : code)))
      })
    },
    stop() {
      for (const worker of allWorkers()) {
        if (listening.has(worker.id)) send(worker, { latchkey: 'stop' })
        else worker.process.kill('SIGTERM')
      }
    },
  }
}

function allWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
}

/** A worker that just ended cannot be told anything. */
function send(worker: Worker, message: PrimaryMessage): void {
  if (worker.isConnected()) worker.send(message, () => undefined)
}

function keyOf(sender: number, id: number): string {
  return `${sender} ${id}`
}
