import type { Origins } from '../../kernel/origins.ts'

/** Algorithms of passkeys (COSE), in the order of preference: EdDSA, ES256, RS256. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257]

/** The service as WebAuthn knows it. */
export interface RelyingParty {
  /** The RP ID: the domain that passkeys belong to. */
  readonly id: string
  /** Name of the service, for people. */
  readonly name: string
  /** Origins whose pages may use the passkeys. */
  readonly origins: readonly string[]
}

/**
 * Creates the relying party of an instance.
 * @param rpId the setting `passkeys.rpId`. Default: the host of the base URL.
 */
export function createRelyingParty(origins: Origins, siteName: string, rpId: string | undefined): RelyingParty {
  const { hostname } = new URL(origins.own)
  return { id: rpId ?? hostname, name: siteName, origins: [origins.own, ...origins.trusted] }
}
