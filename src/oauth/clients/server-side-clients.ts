import { z } from 'zod'
import { hashToken } from '../../crypto/token.ts'
import { acceptArgument, booleanSchema, strictMembers } from '../../kernel/arguments.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import type { Stamp } from '../../kernel/event.ts'
import { withIsoTimes } from '../../kernel/iso-times.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { OAuthLoginStore } from '../backchannel/store.ts'
import { isDocumentId } from '../documents/document-id.ts'
import type { OAuthEvent } from '../events.ts'
import type { OAuthClient } from '../store.ts'
import {
  backchannelUriSchema,
  clientNameSchema,
  clientScopesSchema,
  logoutUrisSchema,
  redirectUrisSchema,
} from './client-schema.ts'
import { createClient, newClientSecret, type OAuthClientDeps } from './create-client.ts'

/** Settings of a client. */
export interface OAuthClientSettings {
  /** The name that users see, 1 to 100 characters. */
  readonly name: string
  /** Where the app gets its answers; each is compared as a whole. */
  readonly redirectUris: readonly string[]
  /** Where the app may send users after logout. Default: nowhere. */
  readonly postLogoutRedirectUris?: readonly string[] | undefined
  /** Where the app wants to be told that a session is over. Null or absent: nowhere. */
  readonly backchannelLogoutUri?: string | null | undefined
  /** The scopes of the service that the app may ask for. Default: none. */
  readonly scopes?: readonly string[] | undefined
  /** True: the app belongs to the service itself, so users are not asked. Default false. */
  readonly isFirstParty?: boolean | undefined
}

/** Calls about OAuth clients for the application itself. HTTP requests cannot reach them. */
export interface ServerSideOAuthClients {
  /**
   * Creates a client. Only the result contains its secret.
   * @param client with `isPublic: true`, the client has no secret. Default false.
   * @throws Refusal `validation_failed`.
   */
  create(
    client: OAuthClientSettings & { readonly isPublic?: boolean | undefined },
  ): Promise<{ readonly client: OAuthClient; readonly clientSecret: string | null }>
  /** Returns all clients, newest first. */
  list(): Promise<readonly OAuthClient[]>
  /** Changes settings of a client. Messages that wait for an app with a new `backchannelLogoutUri` are sent at once. Throws `validation_failed`, or `not_found` if it does not exist. */
  update(clientId: string, changes: Partial<OAuthClientSettings>): Promise<OAuthClient>
  /** Replaces the secret, and returns the new one. Throws `not_found` if the client does not exist or is public. */
  rotateSecret(clientId: string): Promise<string>
  /** Deletes a client with its grants and tokens, on every node. Throws `not_found` if it does not exist. */
  delete(clientId: string): Promise<void>
}

/** Creates the server-side calls about clients. */
export function createServerSideOAuthClients(
  deps: OAuthClientDeps & { readonly oauthLogins: Pick<OAuthLoginStore, 'endPause'> },
  stamp: Stamp<OAuthEvent>,
): ServerSideOAuthClients {
  const { oauthClients } = deps
  const settings = {
    name: clientNameSchema,
    redirectUris: redirectUrisSchema,
    postLogoutRedirectUris: logoutUrisSchema.optional(),
    backchannelLogoutUri: backchannelUriSchema.nullish(),
    scopes: clientScopesSchema(deps.scopes).optional(),
    isFirstParty: booleanSchema.optional(),
  }
  const newSchema = strictMembers({ ...settings, isPublic: booleanSchema.optional() })
  const changesSchema = strictMembers({
    ...settings,
    name: settings.name.optional(),
    redirectUris: settings.redirectUris.optional(),
  })
  const idSchema = z.string('must be the client_id')
  return {
    async create(wanted) {
      const {
        isPublic = false,
        scopes = [],
        postLogoutRedirectUris = [],
        isFirstParty = false,
        ...rest
      } = acceptArgument(newSchema, wanted)
      const all = { ...rest, isPublic, scopes, postLogoutRedirectUris, isFirstParty }
      const { client, ...secret } = await createClient(deps, all, stamp)
      return { client: withIsoTimes(client), ...secret }
    },
    list: async () => (await oauthClients.list()).map(withIsoTimes),
    async update(clientId, changes) {
      const id = acceptArgument(idSchema, clientId)
      const accepted = acceptArgument(changesSchema, changes)
      const found = await oauthClients.find(id)
      if (found === null || isDocumentId(id)) throw noClient() // its document describes it
      const given = Object.fromEntries(Object.entries(accepted).filter(([, value]) => value !== undefined))
      const client: OAuthClient = { ...found.client, ...given }
      const updated = stamp({ type: 'oauth_client.updated', userId: null, clientId: id })
      if (!(await oauthClients.update(client, onlyEvents(updated)))) throw noClient()
      const hasNewUri = client.backchannelLogoutUri !== found.client.backchannelLogoutUri
      if (hasNewUri) await deps.oauthLogins.endPause(id, deps.clock())
      return withIsoTimes(client)
    },
    async rotateSecret(clientId) {
      const id = acceptArgument(idSchema, clientId)
      const secret = newClientSecret()
      const rotated = stamp({ type: 'oauth_client.secret_rotated', userId: null, clientId: id })
      if (!(await oauthClients.rotateSecret(id, hashToken(secret), onlyEvents(rotated)))) throw noClient()
      return secret
    },
    async delete(clientId) {
      const id = acceptArgument(idSchema, clientId)
      const deleted = stamp({ type: 'oauth_client.deleted', userId: null, clientId: id })
      if (!(await oauthClients.delete(id, onlyEvents(deleted)))) throw noClient()
    },
  }
}

function noClient(): Refusal {
  return new Refusal('not_found', { detail: 'There is no such client, or it has no secret.' })
}
