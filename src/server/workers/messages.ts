/* What the workers of a server and the process that started them say to each other. They all run the same program. */
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import type { Message } from '../../mail/message.ts'
import type { OnChanges } from '../../storage/storage.ts'

/** Part of a worker: the lead also sweeps, seals the audit log and sends emails. */
export interface WorkerPart {
  readonly isLead: boolean
  /** Number of workers of the server. */
  readonly workers: number
}

/** A message between two workers. */
export type SiblingMessage =
  /** Cached copies are out of date. `id` names the message among those of its sender. */
  | { readonly latchkey: 'changed'; readonly id: number; readonly changes: Parameters<OnChanges>[0] }
  /** Emails were stored; for the lead. */
  | { readonly latchkey: 'mails'; readonly mails: readonly OutgoingMail[] }
  /** An email of a development setup, for the mailbox of every worker. */
  | { readonly latchkey: 'mail'; readonly mail: Message }

/** A message of a worker to the process that started it. */
export type WorkerMessage =
  | SiblingMessage
  | { readonly latchkey: 'listening'; readonly port: number }
  /** The answer to `changed`: the copies are deleted. */
  | { readonly latchkey: 'heard'; readonly sender: number; readonly id: number }

/** A message to a worker. `sender` is the number of the worker that wrote it. */
export type PrimaryMessage =
  | (SiblingMessage & { readonly sender: number })
  | ({ readonly latchkey: 'start' } & WorkerPart)
  /** All other workers have heard the message. */
  | { readonly latchkey: 'all heard'; readonly id: number }
  | { readonly latchkey: 'stop' }

/** Returns true for our messages. Packages, such as `prom-client`, send messages of their own. */
export function isOurs<Ours extends { readonly latchkey: string }>(message: unknown): message is Ours {
  return typeof message === 'object' && message !== null && 'latchkey' in message
}
