import type { KeyObject } from 'node:crypto'
import type { EmailAddress } from '../kernel/email-address.ts'

/** Marks the providers that our functions made. All copies of this module share it. */
const MADE: unique symbol = Symbol.for('latchkey.provider') as typeof MADE

/** A service that logs people in, such as Google. Created by `google(...)`, `apple(...)`, `oidc(...)` and the others of `latchkey/providers`. */
export interface Provider {
  /** In URLs, in `session.methods` as `provider:<id>`, and in the list of identities. */
  readonly id: string
  /** The name that people know it by. */
  readonly name: string
}

/** Proves to the provider that the service is the client. */
export type ClientSecret =
  | { readonly kind: 'secret'; readonly secret: string }
  /** Apple has no secrets: the service signs a short-lived one with its key. */
  | { readonly kind: 'apple'; readonly teamId: string; readonly keyId: string; readonly privateKey: KeyObject }

/** The claims of an ID token (OpenID Connect Core section 2), or what stands for them at GitHub. */
export type Claims = Readonly<Record<string, unknown>>

/** The email address in the claims, judged by the rules of the provider. */
export interface ClaimedEmail {
  /** Null: the address is absent or malformed. */
  readonly address: EmailAddress | null
  /** True if the provider says that the address belongs to the account. */
  readonly isVerified: boolean
  /**
   * True if the provider decides who owns the address, as Google does for gmail.com. Implies `isVerified`. Without it, the
   * address may belong to another person by now.
   */
  readonly isAuthoritative: boolean
}

/** How a provider speaks: OpenID Connect, or the protocol of GitHub, which has no ID tokens. */
export type Protocol = 'openid' | 'github'

/** Everything that differs between providers. */
export interface ProviderDefinition extends Provider {
  readonly [MADE]: true
  readonly protocol: Protocol
  /** Key of its mark in `marks.ts`; null: a neutral icon. */
  readonly mark: 'google' | 'apple' | 'microsoft' | 'github' | 'gitlab' | null
  /** URL of the issuer, below which the discovery document is. */
  readonly issuer: string
  /** Other names of the issuer in ID tokens of apps. The identity has `issuer`. */
  readonly moreIssuers: readonly string[]
  readonly clientId: string
  readonly clientSecret: ClientSecret
  /** Client ids of native apps, whose ID tokens are accepted too. */
  readonly moreAudiences: readonly string[]
  readonly scope: string
  /** More parameters of the authorization request. */
  readonly parameters: Readonly<Record<string, string>>
  /** `form_post`: the provider answers with a POST from its own page. */
  readonly responseMode: 'query' | 'form_post'
  /** False: the provider cannot say when the user logged in there, so it makes no session fresh. */
  readonly provesNewLogin: boolean
  /** True: private addresses are allowed, and outside production also loopback and http. */
  readonly allowPrivate: boolean
  /** Returns false for an account that may not log in, although the provider proved it. Default: all may. */
  readonly admits?: (claims: Claims) => boolean
  /** Reads the email address. */
  readonly emailOf: (claims: Claims) => ClaimedEmail
}

/** Makes a provider that the option `providers` accepts. */
export function makeProvider(definition: Omit<ProviderDefinition, typeof MADE>): ProviderDefinition {
  return { ...definition, [MADE]: true }
}

/** Returns true for a provider that `makeProvider` made. */
export function isProvider(value: unknown): value is ProviderDefinition {
  return typeof value === 'object' && value !== null && MADE in value
}

/** The method of a login with a provider. */
export function methodOf({ id }: Provider): string {
  return `provider:${id}`
}
