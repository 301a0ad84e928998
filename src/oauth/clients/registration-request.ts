/*
 * What an app says about itself when it registers (RFC 7591 section 2). Members that we do not know are ignored, as section 2
 * demands. The server refuses what it cannot do, and leaves out scopes that it does not know.
 */
import { z } from 'zod'
import { backchannelUriSchema, clientNameSchema, logoutUrisSchema, redirectUrisSchema } from './client-schema.ts'
import type { NewOAuthClient } from './create-client.ts'

const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none'] as const
const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
] as const

const schema = z.object({
  redirect_uris: redirectUrisSchema,
  post_logout_redirect_uris: logoutUrisSchema.default([]),
  backchannel_logout_uri: backchannelUriSchema.optional(),
  client_name: clientNameSchema.optional(),
  token_endpoint_auth_method: z.enum(AUTH_METHODS).default('client_secret_basic'),
  grant_types: z.array(z.enum(GRANT_TYPES)).default(['authorization_code', 'refresh_token']),
  response_types: z.array(z.literal('code')).default(['code']),
  scope: z.string().max(1_000).optional(),
})

/** A registration that is acceptable. */
export type RegistrationRequest = z.output<typeof schema>

/** Why a registration is refused (RFC 7591 section 3.2.2). */
export interface RegistrationProblem {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata'
  readonly error_description: string
}

/** Parses the body of a registration. */
export function parseRegistration(body: Uint8Array): RegistrationRequest | RegistrationProblem {
  const { success, data, error } = schema.safeParse(toJson(body))
  if (success) return data
  const [issue] = error.issues
  const member = String(issue?.path[0] ?? 'the body')
  return {
    error: member === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata',
    error_description: `${member} ${issue?.message ?? 'is wrong'}`.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, ' '),
  }
}

/**
 * Returns the client of a registration.
 * @param known the scopes of the service. An app that names none may ask for all of them; the user decides.
 */
export function toNewClient(wanted: RegistrationRequest, known: readonly string[]): NewOAuthClient {
  const { redirect_uris, post_logout_redirect_uris, client_name, token_endpoint_auth_method, scope } = wanted
  const scopes = scope?.split(' ')
  return {
    name: client_name ?? new URL(redirect_uris[0] ?? '').host,
    redirectUris: redirect_uris,
    postLogoutRedirectUris: post_logout_redirect_uris,
    ...(wanted.backchannel_logout_uri === undefined ? {} : { backchannelLogoutUri: wanted.backchannel_logout_uri }),
    scopes: scopes === undefined ? known : known.filter((each) => scopes.includes(each)),
    isPublic: token_endpoint_auth_method === 'none',
    isFirstParty: false,
  }
}

function toJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return null
  }
}
