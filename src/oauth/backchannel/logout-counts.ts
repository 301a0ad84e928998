/** The outcome of one attempt to tell an app that a session is over. An attempt that `failed` is repeated later, up to about three days. */
export type LogoutOutcome = 'sent' | 'failed' | 'given_up'

/** Number of attempts with one outcome since the process started. */
export interface LogoutCount {
  readonly clientId: string
  readonly outcome: LogoutOutcome
  readonly count: number
}

/** Counts the outcomes of attempts to tell apps. */
export interface LogoutCounts {
  add(clientId: string, outcome: LogoutOutcome): void
  /** Returns the counts above zero. */
  list(): readonly LogoutCount[]
}

/** Creates the counts, all of them zero. */
export function createLogoutCounts(): LogoutCounts {
  const counts = new Map<string, LogoutCount>()
  return {
    add(clientId, outcome) {
      const key = `${clientId} ${outcome}`
      counts.set(key, { clientId, outcome, count: (counts.get(key)?.count ?? 0) + 1 })
    },
    list: () => [...counts.values()],
  }
}
