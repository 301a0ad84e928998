import type { MessageContent } from './messages.ts'

/** What a mail is about; `unreadable`: none of our secrets opens it. */
export type CountedKind = MessageContent['kind'] | 'unreadable'

/** What came of one attempt to send a mail. One that `failed` is tried again, one that was given up never. */
export type MailOutcome = 'sent' | 'failed' | 'given_up'

/** How often sending came to something since the process began. */
export interface MailCount {
  readonly kind: CountedKind
  readonly outcome: MailOutcome
  readonly count: number
}

/** Counts what comes of mails. */
export interface MailCounts {
  add(kind: CountedKind, outcome: MailOutcome): void
  /** What happened at least once. */
  list(): readonly MailCount[]
}

/** Makes the counts. */
export function createMailCounts(): MailCounts {
  const counts = new Map<string, MailCount>()
  return {
    add(kind, outcome) {
      const key = `${kind} ${outcome}`
      counts.set(key, { kind, outcome, count: (counts.get(key)?.count ?? 0) + 1 })
    },
    list: () => [...counts.values()],
  }
}
