/** The kind of an email; `unreadable` if none of the secrets opens it. */
export type CountedKind<Kind extends string> = Kind | 'unreadable'

/**
 * The outcome of one attempt to send an email. The outbox retries an email that `failed`. It never retries one that was
 * given up.
 */
export type MailOutcome = 'sent' | 'failed' | 'given_up'

/** Number of attempts with one outcome since the process started. */
export interface MailCount<Kind extends string> {
  readonly kind: CountedKind<Kind>
  readonly outcome: MailOutcome
  readonly count: number
}

/** Counts the outcomes of attempts to send emails. */
export interface MailCounts<Kind extends string> {
  add(kind: CountedKind<Kind>, outcome: MailOutcome): void
  /** Returns the counts above zero. */
  list(): readonly MailCount<Kind>[]
}

/** Creates the counts, all of them zero. */
export function createMailCounts<Kind extends string>(): MailCounts<Kind> {
  const counts = new Map<string, MailCount<Kind>>()
  return {
    add(kind, outcome) {
      const key = `${kind} ${outcome}`
      counts.set(key, { kind, outcome, count: (counts.get(key)?.count ?? 0) + 1 })
    },
    list: () => [...counts.values()],
  }
}
