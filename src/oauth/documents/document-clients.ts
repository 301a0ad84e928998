/*
 * Apps that describe themselves in a document at the URL that is their client id. Anyone can name a URL, so a request for it goes to
 * public addresses only, follows no redirect, and reads little; each network may cause a limited number of requests. Documents are kept
 * in memory for ten minutes; a row exists only after a user allowed the app. Proved by test/http/oauth-documents.test.ts.
 */
import { createBoundedMap } from '../../kernel/bounded-map.ts'
import { MINUTE_MS } from '../../kernel/clock.ts'
import type { GuardedFetch } from '../../kernel/guarded-fetch.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { Throttle } from '../../throttle/throttle.ts'
import { countEndpoint, type EndpointCaller, refuseSpentEndpoint } from '../endpoint-limits.ts'
import { OAUTH_REFUSALS } from '../refusals.ts'
import type { OAuthClient } from '../store.ts'
import { type ReadDocumentDeps, readDocument } from './read-document.ts'

/** Largest document (draft-ietf-oauth-client-id-metadata-document section 6.6 recommends this limit). */
export const MAX_DOCUMENT_BYTES = 5 * 1024

const KEPT_MS = 10 * MINUTE_MS
const MAX_KEPT = 1_000
const MAX_PENDING = 50

/** Dependencies of `createDocumentClients`. */
export interface DocumentDeps extends ReadDocumentDeps {
  readonly fetchDocument: GuardedFetch
  readonly throttle: Throttle
}

/** The apps that describe themselves. */
export interface DocumentClients {
  /**
   * Returns the client of a document.
   * @param caller whose request needs it. Default: none, so that the request is not counted.
   * @throws Refusal `authorization_refused` if the document is wrong or not there, `too_many_requests`.
   */
  find(id: string, caller?: EndpointCaller): Promise<OAuthClient>
}

interface Kept {
  readonly client: OAuthClient
  readonly until: number
}

/** Creates the memory of documents. */
export function createDocumentClients(deps: DocumentDeps): DocumentClients {
  const { clock, throttle } = deps
  const kept = createBoundedMap<string, Kept>(MAX_KEPT)
  const pending = new Map<string, Promise<OAuthClient>>()

  async function load(id: string): Promise<OAuthClient> {
    const client = readDocument(deps, id, await fetchText(deps, id))
    if (typeof client === 'string') throw refuse(id, client)
    kept.set(id, { client, until: clock() + KEPT_MS })
    return client
  }

  return {
    async find(id, caller) {
      const known = kept.get(id)
      if (known !== undefined && clock() < known.until) return known.client
      if (caller !== undefined) {
        refuseSpentEndpoint(throttle, 'document', caller)
        countEndpoint(throttle, 'document', caller)
      }
      const running = pending.get(id)
      if (running !== undefined) return running
      if (pending.size >= MAX_PENDING) throw refuse(id, 'too many documents are requested at the same time')
      const loading = load(id).finally(() => pending.delete(id))
      pending.set(id, loading)
      return loading
    },
  }
}

/** Says no more than that a document is not there: the answer must not tell what a host did. */
async function fetchText({ fetchDocument }: DocumentDeps, id: string): Promise<string> {
  try {
    const answer = await fetchDocument(id, { headers: { accept: 'application/json' } })
    const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(answer.headers.get('content-type') ?? '')
    if (answer.status === 200 && isJson) return await answer.text()
  } catch {
    // refused below, like every other answer
  }
  throw refuse(id, 'it cannot be read. It must be JSON without a redirect, at most 5 KB, on a public host')
}

function refuse(id: string, problem: string): Refusal {
  return new Refusal(OAUTH_REFUSALS.authorization_refused, { detail: `The document ${id}: ${problem}.` })
}
