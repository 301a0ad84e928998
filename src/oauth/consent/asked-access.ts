import { z } from 'zod'
import { type Clock, toIsoTime } from '../../kernel/clock.ts'
import type { OAuthSettings } from '../settings.ts'
import type { ConsentJson } from '../wire.ts'

/** What an app asks for, and for how long. */
export interface AskedAccess {
  readonly scopes: readonly string[]
  /** The scopes that the user did not allow the app yet. */
  readonly newScopes: readonly string[]
  /** The other APIs that the access is for; empty: this service. */
  readonly resources: readonly string[]
  /** When the access ends at the latest, milliseconds since 1970 UTC; null: with the user's session. */
  readonly endsAt: number | null
}

/** The parameters of a stored request. The engine wrote them. */
export interface AskedParameters {
  readonly scope?: string | undefined
  readonly resource?: string | readonly string[] | undefined
}

/** Dependencies of `toAskedAccess`. */
export interface AskedAccessDeps {
  readonly oauthSettings: Pick<OAuthSettings, 'refreshTokenAbsoluteMs'>
  readonly clock: Clock
}

/**
 * Returns what a request asks for.
 * @param allowed the scopes that the user allowed the app before.
 */
export function toAskedAccess(
  { oauthSettings, clock }: AskedAccessDeps,
  { scope = '', resource = [] }: AskedParameters,
  allowed: readonly string[],
): AskedAccess {
  const scopes = scope.split(' ').filter((each) => each !== '')
  return {
    scopes,
    newScopes: scopes.filter((each) => !allowed.includes(each)),
    resources: [resource].flat(),
    endsAt: scopes.includes('offline_access') ? clock() + oauthSettings.refreshTokenAbsoluteMs : null,
  }
}

/** The members of what an app asks for, on the wire. */
export const ASKED_MEMBERS = {
  scopes: z.array(z.string()),
  newScopes: z.array(z.string()).meta({ description: 'The scopes that are not allowed yet.' }),
  resources: z
    .array(z.string())
    .meta({ description: 'The URLs of the other APIs that the access is for. Empty: this service.' }),
  accessEndsAt: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'When the access ends at the latest. Null: with your session.' }),
}

/** Returns the wire form of what an app asks for. */
export function toAskedJson({
  scopes,
  newScopes,
  resources,
  endsAt,
}: AskedAccess): Pick<ConsentJson, 'scopes' | 'newScopes' | 'resources' | 'accessEndsAt'> {
  return { scopes, newScopes, resources, accessEndsAt: endsAt === null ? null : toIsoTime(endsAt) }
}
