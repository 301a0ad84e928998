import type { InLanguages } from './language.ts'

/** One refusal of the catalogue. Clients see all of it: in the response, on its problem page and in docs/problems.md. */
export interface RefusalEntry<Code extends string = string> {
  /** Stable name for programs. */
  readonly code: Code
  /** HTTP status. */
  readonly status: number
  /** Short name for people (RFC 9457 `title`). */
  readonly title: string
  /** When the refusal happens. It is also the `detail` of a response without a more specific text. */
  readonly when: string
  /** Advice for the client: what to do next. */
  readonly next: string
  /** What a person reads on a page, in every language. */
  readonly text: InLanguages<string>
}

/** Refusals by code. */
export type RefusalTable = Readonly<Record<string, RefusalEntry>>

/** Builds the refusal table of a room. The keys are the codes. */
export function defineRefusals<const Table extends Readonly<Record<string, Omit<RefusalEntry, 'code'>>>>(
  table: Table,
): { readonly [Code in keyof Table & string]: RefusalEntry<Code> } {
  const entries = Object.entries(table).map(([code, entry]) => [code, { code, ...entry }])
  // The same keys went in.
  return Object.fromEntries(entries) as { readonly [Code in keyof Table & string]: RefusalEntry<Code> }
}
