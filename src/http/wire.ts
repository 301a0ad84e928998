import { defineCalls, json } from '../kernel/define-calls.ts'

/** Describes the service and its features. */
export interface MetadataJson {
  readonly version: string
  readonly cookieName: string
  readonly features: readonly string[]
  readonly links: Readonly<Record<string, string>>
}

/** The call that describes the service. */
export const documentCalls = defineCalls({
  'GET ': { name: 'metadata', access: 'anyone', answer: json<MetadataJson>() },
})
