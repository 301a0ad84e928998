/** What a room states of one refusal. Clients see all of it: in the answer, on its problem page and in docs/problems.md. */
export interface RefusalEntry<Code extends string = string> {
  /** Stable name for programs. */
  readonly code: Code
  /** HTTP status. */
  readonly status: number
  /** Short name for people (RFC 9457 `title`). */
  readonly title: string
  /** When the refusal happens. Also the `detail` of an answer that has no text of its own. */
  readonly when: string
  /** What to do next. */
  readonly next: string
}

/** Refusals by code. */
export type RefusalTable = Readonly<Record<string, RefusalEntry>>

/** Builds the table of a room. The keys are the codes. */
export function defineRefusals<const Table extends Readonly<Record<string, Omit<RefusalEntry, 'code'>>>>(
  table: Table,
): { readonly [Code in keyof Table & string]: RefusalEntry<Code> } {
  const entries = Object.entries(table).map(([code, entry]) => [code, { code, ...entry }])
  // The same keys went in.
  return Object.fromEntries(entries) as { readonly [Code in keyof Table & string]: RefusalEntry<Code> }
}
