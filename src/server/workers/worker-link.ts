import { once } from 'node:events'
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import type { Message } from '../../mail/message.ts'
import type { OnChanges } from '../../storage/storage.ts'
import { isOurs, type PrimaryMessage, type WorkerMessage, type WorkerPart } from './messages.ts'

/** The connection of a worker to the other workers of its server. */
export interface WorkerLink extends WorkerPart {
  /** Tells the others that cached copies are out of date. */
  readonly tellChanges: OnChanges
  tellMails(mails: readonly OutgoingMail[]): void
  tellMail(mail: Message): void
  tellPort(port: number): void
  /**
   * Returns a promise that resolves when the others have heard all changes of this worker, or after a second: then a worker
   * does not answer, and cannot answer a request either. Returns null if they have heard all.
   */
  heard(): Promise<void> | null
  /** Sets what messages of the others do. Earlier ones are lost: a worker without an instance has no copies. */
  listen(listeners: Partial<Listeners>): void
}

/** What the messages of other processes do. */
export interface Listeners {
  readonly onChanges: OnChanges
  readonly onMails: (mails: readonly OutgoingMail[]) => void
  readonly onMail: (mail: Message) => void
  readonly onStop: () => void
}

const HEARD_MS = 1_000

/** Connects this worker. Resolves when the process that started it has told its part. */
export async function connectWorker(): Promise<WorkerLink> {
  const send = (message: WorkerMessage): void => {
    if (process.connected) process.send?.(message)
  }
  const listeners: Partial<Listeners> = {}
  const unheard = new Map<number, PromiseWithResolvers<void>>()
  let lastId = 0

  function receive(message: PrimaryMessage): void {
    switch (message.latchkey) {
      case 'changed':
        listeners.onChanges?.(message.changes)
        send({ latchkey: 'heard', sender: message.sender, id: message.id })
        break
      case 'all heard':
        settle(message.id)
        break
      case 'mails':
        listeners.onMails?.(message.mails)
        break
      case 'mail':
        listeners.onMail?.(message.mail)
        break
      case 'stop':
        listeners.onStop?.()
    }
  }

  function settle(id: number): void {
    unheard.get(id)?.resolve()
    unheard.delete(id)
  }

  const [part] = (await once(process, 'message')) as [WorkerPart] // the first message is `start`
  process.on('message', (message: unknown) => {
    if (isOurs<PrimaryMessage>(message)) receive(message)
  })
  return {
    isLead: part.isLead,
    workers: part.workers,
    tellChanges(changes) {
      if (changes.length === 0) return
      const id = ++lastId
      unheard.set(id, Promise.withResolvers())
      send({ latchkey: 'changed', id, changes })
      setTimeout(() => settle(id), HEARD_MS).unref()
    },
    tellMails: (mails) => send({ latchkey: 'mails', mails }),
    tellMail: (mail) => send({ latchkey: 'mail', mail }),
    tellPort: (port) => send({ latchkey: 'listening', port }),
    heard() {
      if (unheard.size === 0) return null
      return Promise.all([...unheard.values()].map(({ promise }) => promise)).then(() => undefined)
    },
    listen: (given) => void Object.assign(listeners, given),
  }
}
