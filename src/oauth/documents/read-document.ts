/*
 * What an app says about itself in a metadata document (draft-ietf-oauth-client-id-metadata-document section 4). One document is for
 * many servers, so what we do not know is ignored. Refused on purpose: secrets, and URIs on other hosts than that of the document,
 * because the user judges the app by that host. Proved by test/http/oauth-documents.test.ts.
 */
import { z } from 'zod'
import type { Clock } from '../../kernel/clock.ts'
import { clientNameSchema } from '../clients/client-schema.ts'
import { isRedirectUri } from '../clients/redirect-uri.ts'
import type { OAuthClient } from '../store.ts'

const schema = z.object({
  client_id: z.string(),
  client_name: clientNameSchema.optional(),
  redirect_uris: z.array(z.string()).max(100),
  token_endpoint_auth_method: z.literal('none', 'must be none: apps of documents have no secret').default('none'),
  grant_types: z.array(z.string()).default(['authorization_code']),
  response_types: z.array(z.string()).default(['code']),
  scope: z.string().max(1_000).optional(),
})

/** Dependencies of `readDocument`. */
export interface ReadDocumentDeps {
  readonly clock: Clock
  /** The scopes of the service. */
  readonly scopes: readonly string[]
}

/** Returns the client that a document describes, or what is wrong with the document. */
export function readDocument({ clock, scopes }: ReadDocumentDeps, id: string, text: string): OAuthClient | string {
  const json = toJson(text)
  const { success, data, error } = schema.safeParse(json)
  if (!success) return `${error.issues[0]?.path.join('.') || 'the document'} ${error.issues[0]?.message ?? 'is wrong'}`
  if (data.client_id !== id) return 'client_id is not the URL of the document'
  if (Object.keys(Object(json)).some((name) => name.startsWith('client_secret'))) return 'client_secret must be absent'
  if (!data.grant_types.includes('authorization_code') || !data.response_types.includes('code')) {
    return 'grant_types and response_types must have authorization_code and code'
  }
  const { origin, host } = new URL(id)
  const redirectUris = data.redirect_uris.filter((uri) => isRedirectUri(uri) && isOwnUri(uri, origin)).slice(0, 20)
  if (redirectUris.length === 0) return `redirect_uris must have one at ${origin} or on the same device`
  const wanted = data.scope?.split(' ')
  return {
    id,
    name: nameOf(data.client_name, host),
    redirectUris,
    postLogoutRedirectUris: [],
    scopes: wanted === undefined ? scopes : scopes.filter((scope) => wanted.includes(scope)),
    isPublic: true,
    isFirstParty: false,
    createdAt: clock(),
  }
}

/** Everyone can choose a name, so the host is always part of it. */
function nameOf(name: string | undefined, host: string): string {
  const chosen = (name ?? '').replaceAll(/[()]/g, '').trim()
  return chosen === '' ? host : `${chosen} (${host})`
}

function isOwnUri(uri: string, origin: string): boolean {
  return !uri.startsWith('https:') || new URL(uri).origin === origin
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
