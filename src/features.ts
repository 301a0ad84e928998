/*
 * The list of features, in reading order. A new feature adds one line here; its room contains everything else.
 */
import { access } from './access/feature.ts'
import { accessTokens } from './access-tokens/feature.ts'
import { accounts } from './accounts/feature.ts'
import { audit } from './audit/feature.ts'
import { EVENTS, USER_EVENTS } from './catalogue/events.ts'
import type { Core } from './core.ts'
import { emailCode } from './factors/email-code/feature.ts'
import { type FactorsFeature, factors } from './factors/feature.ts'
import { offersPasskeys, passkeys } from './factors/passkeys/feature.ts'
import { passkeyStep } from './factors/passkeys/passkey-step.ts'
import { type RecoveryFeature, recovery } from './factors/recovery/feature.ts'
import { forwardAuth } from './forward-auth/feature.ts'
import { invitations } from './invitations/feature.ts'
import { HOUR_MS, MINUTE_MS } from './kernel/clock.ts'
import type { Feature, LoginWay } from './kernel/feature.ts'
import type { FirstProofs } from './kernel/first-proofs.ts'
import type { SecondFactors } from './kernel/login-step.ts'
import { provableMethods } from './kernel/principal.ts'
import { login } from './login/feature.ts'
import { mail } from './mail/feature.ts'
import type { EngineModule } from './oauth/engine/load-engine.ts'
import { type OAuthFeature, type OAuthOptions, oauth } from './oauth/feature.ts'
import { resourceUrls } from './oauth/settings.ts'
import { oneTimeTokens } from './one-time-tokens/feature.ts'
import type { CompleteOptions } from './options/options.ts'
import { renderDeveloperPage } from './pages/document.ts'
import { accountPagesFeature } from './pages/feature.ts'
import { passwords } from './passwords/feature.ts'
import { type ProvidersFeature, providers } from './providers/feature.ts'
import { registration } from './registration/feature.ts'
import type { Seams } from './seams.ts'
import type { Services } from './services.ts'
import { sessions } from './sessions/feature.ts'
import { isFreshSession } from './sessions/freshness.ts'
import { signingKeys } from './signing-keys/feature.ts'
import type { KeyRing } from './signing-keys/key-ring.ts'
import { throttle } from './throttle/feature.ts'

/** All features, and by name the features that the public object needs. */
export interface Features {
  /** All features in reading order, which is also the order in which they stop. */
  readonly list: readonly Feature[]
  readonly sessions: ReturnType<typeof sessions>
  readonly accounts: ReturnType<typeof accounts>
  readonly accessTokens: ReturnType<typeof accessTokens>
  readonly invitations: ReturnType<typeof invitations>
  readonly audit: ReturnType<typeof audit>
  readonly factors: FactorsFeature
  readonly recovery: RecoveryFeature
  readonly providers: ProvidersFeature
  readonly oauth: OAuthFeature
  readonly signingKeys: ReturnType<typeof signingKeys>
}

/** Dependencies of `createFeatures`. */
export interface FeatureParts {
  readonly core: Core
  readonly services: Services
  readonly options: CompleteOptions
  readonly seams: Seams
  /** The package of the OAuth engine; null: OAuth is off. */
  readonly oauthEngine: EngineModule | null
  readonly ring: KeyRing
  readonly tokenKeys: OAuthOptions['tokenKeys']
}

/** Creates the features of an instance. */
export function createFeatures(parts: FeatureParts): Features {
  const { core, services, options, seams, ring } = parts
  const { memory, pages, siteName } = services
  const { registration: mode, verifyEmail: verifyEmailMode, scopes, emailLogin } = options
  const stepFeatures = seams.features?.(core) ?? []
  const hasPasskeys = offersPasskeys(options.factors.passkeys, core.report)
  const factorsFeature = factors(core, {
    ...options,
    siteName,
    passkeyStep: hasPasskeys ? passkeyStep(core.stores) : null,
    sessionSettings: options.session,
    pages,
    moreSteps: stepFeatures.flatMap(({ loginSteps = [] }) => loginSteps),
  })
  const { secondFactors, opensTotp } = factorsFeature
  const proofs = firstProofs(core, options, hasPasskeys)
  const fromOutside = { providers: options.providers, fetchProvider: seams.fetchProvider, proofs }
  const oauthParts = { engine: parts.oauthEngine, tokenKeys: parts.tokenKeys, ring, ...oauthSettingsOf(options, seams) }
  const named = {
    sessions: sessions(core, { memory, pages, methods: provableMethods(options.providers) }),
    accessTokens: accessTokens(core, { memory, accessTokenSettings: options.accessTokens, scopes }),
    invitations: invitations(core),
    audit: audit(core, { auditSettings: options.audit, userEvents: USER_EVENTS, eventTypes: Object.keys(EVENTS) }),
    factors: factorsFeature,
    recovery: recovery(core, { recovery: options.factors.recovery, secondFactors, memory, pages }),
    providers: providers(core, { ...fromOutside, registration: mode, verifyEmailMode, memory, pages, secondFactors }),
    oauth: oauth(core, { ...services, ...oauthParts, scopes, secondFactors }),
    signingKeys: signingKeys(core, { ring, overlapMs: overlapMs(options) }),
  }
  const byEmail = emailCode({ ...core, ...core.stores, ...memory, emailLogin, secondFactors, pages })
  const shared = { memory, pages, steps: secondFactors.steps, ...services.passwords, verifyEmailMode }
  const opening: readonly Feature[] = [named.sessions, named.accessTokens, named.factors, named.providers, named.oauth]
  const exports = [...opening, named.recovery, named.audit].flatMap(({ exports: part }) => part ?? [])
  const passkeyOptions = { ...shared, ...options.passkeys, siteName, registration: mode, secondFactors, proofs }
  const byPasskey = hasPasskeys ? [passkeys(core, passkeyOptions)] : []
  const formWays = byPasskey.flatMap((feature) => feature.registerWays ?? [])
  const ways = waysOf([...byPasskey, byEmail, named.providers, ...stepFeatures])
  const loginFeature = login(core, {
    ...shared,
    verifyLegacy: options.verifyLegacy,
    offersRegistration: mode === 'open',
    ways,
    secondFactors,
    firstSteps: byEmail.firstSteps,
    proofWays: named.providers.proofWays,
    recoveryLink: named.recovery.recoveryLink,
  })
  const accountsFeature = accounts(core, {
    ...shared,
    exports,
    invitationMoves: named.invitations.moves,
    opensTotp,
    logInReader: loginFeature.logInReader,
  })
  const facing: readonly Feature[] = [
    registration(core, { ...shared, registration: mode, secondFactors, ways, formWays }),
    loginFeature,
    named.factors,
    named.recovery,
    ...byPasskey,
    byEmail,
    named.providers,
    ...stepFeatures,
    named.sessions,
    accountsFeature,
    named.accessTokens,
    named.oauth,
    passwords(core, { ...shared, endsGrants: options.oauth.passwordChangeEndsGrants }),
    named.invitations,
    access(opening.flatMap((feature) => feature.access ?? [])),
    forwardAuth(core, { ...forwarding(options), secondFactors, otherKeys: named.oauth.publicKeys, ring }),
  ]
  const list = [...facing, ...inside(core, services, { facing, secondFactors, ...named })]
  return { ...named, accounts: accountsFeature, list }
}

/** Returns the features that serve the others. */
function inside(
  core: Core,
  services: Services,
  parts: Pick<Features, 'audit' | 'signingKeys'> & {
    readonly facing: readonly Feature[]
    readonly secondFactors: SecondFactors
  },
): readonly Feature[] {
  const { facing, audit, signingKeys: keys, secondFactors } = parts
  return [
    ownPages(core, services, { all: [...facing, audit], secondFactors }),
    mail(core, services.mailing, (page) => renderDeveloperPage(services.pages, page)),
    oneTimeTokens(core),
    throttle(core),
    keys,
    audit,
  ]
}

/** Returns the settings of OAuth. */
function oauthSettingsOf({ oauth: oauthSettings, deliverMails }: CompleteOptions, { fetchDocument }: Seams) {
  return { oauthSettings, delivers: deliverMails, fetchDocument }
}

/** Returns true if OAuth or forward-auth signs for others. Only then does the start read the keys from the database. */
export function signsForOthers({ oauth: { enabled }, forwardAuth: { jwt } }: CompleteOptions): boolean {
  return enabled || jwt
}

/** Returns the longest lifetime of what the keys sign, and five minutes for caches of the public keys. */
export function overlapMs({ oauth: { accessTokenMs } }: CompleteOptions): number {
  return Math.max(HOUR_MS, accessTokenMs) + 5 * MINUTE_MS
}

/** Returns the settings of forward-auth. */
function forwarding({ forwardAuth: { jwt }, scopes, oauth: { resources }, providers: all, session }: CompleteOptions) {
  const words = { scopes, resources: resourceUrls(resources), methods: provableMethods(all) }
  return { jwt, ...words, sessionSettings: session }
}

/** Returns the buttons that log in without a password, in their order. */
function waysOf(features: readonly Feature[]): readonly LoginWay[] {
  return features.flatMap(({ loginWays = [] }) => loginWays).toSorted((left, right) => left.place - right.place)
}

/** Returns the feature that shows the pages of the account and the sections of *Security* of all features. */
function ownPages(
  core: Core,
  { pages, memory }: Services,
  { all, secondFactors }: { readonly all: readonly Feature[]; readonly secondFactors: SecondFactors },
): Feature {
  return accountPagesFeature({
    pages,
    isFresh: (session) => isFreshSession({ ...core, ...memory, secondFactors }, session),
    accountPages: all.flatMap(({ accountPages = [] }) => accountPages),
    securitySections: all.flatMap(({ securitySections = [] }) => securitySections),
  })
}

/** Returns the ways to log in besides a password. */
function firstProofs(core: Core, { emailLogin, providers: all }: CompleteOptions, hasPasskeys: boolean): FirstProofs {
  const providerIds = all.map(({ id }) => id)
  return { passkeys: hasPasskeys, emailLogin: emailLogin !== 'off' && !core.outbox.isOff, providers: providerIds }
}
