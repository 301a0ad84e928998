/*
 * The composition root: it creates an instance from the options. It only connects the parts and makes no decisions.
 */
import { randomUUID } from 'node:crypto'
import { headerReader, requireRequest } from './authentication/any-request.ts'
import { createAuthentication } from './authentication/authentication.ts'
import { REFUSALS } from './catalogue/refusals.ts'
import { type Core, createCore } from './core.ts'
import { createKeyMaker } from './crypto/key-maker.ts'
import { createFeatures, type Features, overlapMs, signsForOthers } from './features.ts'
import { commonHeaders, hstsOf } from './http/answer.ts'
import { createApp } from './http/app.ts'
import { createClientAddress } from './http/client-address.ts'
import { refuseCrossOrigin } from './http/cross-origin.ts'
import { documentRoutes } from './http/document-routes.ts'
import { guardHandler } from './http/guard-handler.ts'
import { isFault, type RefusalContext, refusalResponse } from './http/refusal-response.ts'
import { reportMisdirectedOnce } from './http/refuse-misdirected.ts'
import { createTracer, type Tracer } from './http/tracer.ts'
import type { Latchkey } from './instance.ts'
import { startJobs } from './jobs.ts'
import type { StampedEvent } from './kernel/event.ts'
import { guardListener, guardReporter, guardStatements, type ReportError } from './kernel/listeners.ts'
import { provableMethods } from './kernel/principal.ts'
import { Refusal } from './kernel/refusal.ts'
import { requireUserId } from './kernel/require-user-id.ts'
import { VERSION } from './kernel/version.ts'
import { Warning } from './kernel/warning.ts'
import { loadEngine } from './oauth/engine/load-engine.ts'
import type { OAuthFeature } from './oauth/feature.ts'
import { resourceUrls } from './oauth/settings.ts'
import { checkOptions } from './options/check-options.ts'
import type { CompleteOptions, LatchkeyOptions } from './options/options.ts'
import { readSecrets } from './options/read-secrets.ts'
import { risksOf } from './options/risks.ts'
import { completeOptions } from './options/settings.ts'
import { type Brand, createBrand } from './pages/brand.ts'
import type { Seams } from './seams.ts'
import { serverSideCalls } from './server-side-calls.ts'
import { createInstanceMailing, createServices, type Services } from './services.ts'
import type { SessionMemory } from './sessions/session-memory.ts'
import { createKeyRing } from './signing-keys/key-ring.ts'
import { callBoth, type Stores } from './storage/storage.ts'

/**
 * Creates an instance: it checks the options, opens the storage and builds the route table.
 * @throws ConfigurationError with the name of the setting, the problem and the solution.
 */
export function createLatchkey(options: LatchkeyOptions): Promise<Latchkey> {
  return assembleLatchkey(options, {})
}

/**
 * Creates an instance with replaced parts. No package entry exports this function.
 * @internal the published types do not contain it, because its `Seams` lead to zod
 * @throws ConfigurationError with the name of the setting, the problem and the solution.
 */
export async function assembleLatchkey(given: LatchkeyOptions, seams: Seams): Promise<Latchkey> {
  checkOptions(given)
  const options = completeOptions(given)
  const report = guardReporter(options.onError)
  // Rooms stamp only their own events, and `SecurityEvent` is the union of the events of all rooms.
  const onEvent = guardListener(options.onEvent as ((event: StampedEvent) => void) | undefined, report)
  const tracer = await createTracer(VERSION)
  for (const risk of risksOf(options)) report(new Warning(risk), null)
  const oauthEngine = options.oauth.enabled ? await loadEngine() : null
  const secrets = readSecrets(options)
  const brand = createBrand(options.brand, options.basePath)
  const mailing = createInstanceMailing(options, { secrets, brand, seams })
  const followers: Followers = { memory: null, sessionsChanged: () => undefined }
  const stores = await options.storage.open({
    sessions: options.sessionStorage,
    onStatement: callBoth(tracer.statement, guardStatements(options.onStatement, report)),
    onEffects({ events, mails = [] }) {
      events.forEach(onEvent)
      if (mails.length > 0) mailing.wake()
    },
    onChanges(changes) {
      followers.memory?.cache.follow(changes)
      followers.sessionsChanged(changes)
    },
    onError: (error) => report(error, null),
  })
  try {
    return await connect({
      options,
      seams,
      report,
      onEvent,
      tracer,
      oauthEngine,
      secrets,
      brand,
      mailing,
      followers,
      stores,
    })
  } catch (error) {
    await stores.close()
    throw error
  }
}

/** Follows the changes of the storage. The parts that do need the stores, so they come after the storage is open. */
interface Followers {
  memory: SessionMemory | null
  sessionsChanged: OAuthFeature['sessionsChanged']
}

/** The parts that exist when the storage is open. */
interface Opened {
  readonly options: CompleteOptions
  readonly seams: Seams
  readonly report: ReportError
  readonly onEvent: (event: StampedEvent) => void
  readonly tracer: Tracer
  readonly oauthEngine: Awaited<ReturnType<typeof loadEngine>> | null
  readonly secrets: ReturnType<typeof readSecrets>
  readonly brand: Brand
  readonly mailing: ReturnType<typeof createInstanceMailing>
  readonly followers: Followers
  readonly stores: Stores
}

/** Connects the parts to an instance. */
async function connect(opened: Opened): Promise<Latchkey> {
  const { options, seams, report, onEvent, tracer, oauthEngine, secrets, brand, mailing, followers, stores } = opened
  const core = createCore(options, {
    stores,
    secrets,
    outbox: mailing.outbox,
    report: (error) => report(error, null),
    processes: seams.processes,
  })
  const services = createServices({ core, mailing, brand, options, seams })
  followers.memory = services.memory
  const tokenKeys = createKeyMaker(
    secrets,
    'oauth id tokens',
    oauthEngine === null ? [] : options.oauth.signingAlgorithms,
  )
  const ring = createKeyRing({ ...stores, ...core, ...tokenKeys, overlapMs: overlapMs(options) })
  if (signsForOthers(options)) await ring.read()
  const features = createFeatures({ core, services, options, seams, oauthEngine, ring, tokenKeys })
  followers.sessionsChanged = features.oauth.sessionsChanged
  const authentication = createAuthentication({
    ...features.accessTokens.verification,
    ...core,
    ...services.memory,
    scopes: options.scopes,
    resources: resourceUrls(options.oauth.resources),
    methods: provableMethods(options.providers),
    ...features.factors,
    grants: features.oauth.verification,
  })
  const routes = features.list.flatMap((feature) => feature.routes)
  const described = routes.filter(({ protocol }) => protocol === undefined) // discovery describes the others
  const words = features.list.flatMap((feature) => feature.words ?? [feature.name])
  const app = createApp({
    ...core,
    routes: [...routes, ...documentRoutes({ ...core, pages: services.pages, words, refusals: REFUSALS }, described)],
    pages: services.pages,
    authentication,
    refusalContext: refusalContextOf(core, features),
    tracer,
    hsts: hstsOf(options.baseUrl, options.hstsIncludeSubDomains),
    clientAddress: createClientAddress(options.trustProxy, core.throttle.reportUnknownNetwork),
    onEvent,
    onError: report,
    onRequest: guardListener(options.onRequest, report),
    onMisdirected: reportMisdirectedOnce(report),
  })
  const { authenticate, require, checkRequirement } = authentication
  const calls = publicCalls({ core, services, features, options, report })
  return { handler: guardHandler(app, calls.toResponse), authenticate, require, checkRequirement, ...calls }
}

function refusalContextOf({ links, cookies }: Core, { oauth }: Features): RefusalContext {
  return { authUrl: links.authUrl, cookieName: cookies.name(), resourceMetadata: oauth.resourceMetadata }
}

interface Parts {
  readonly core: Core
  readonly services: Services
  readonly features: Features
  readonly options: CompleteOptions
  readonly report: ReportError
}

/** Returns the other members of the public object. */
function publicCalls({
  core,
  services: { memory, passwords, mailing },
  features,
  options,
  report,
}: Parts): Omit<Latchkey, 'handler' | 'authenticate' | 'require' | 'checkRequirement'> {
  const { clock, links, origins, stores } = core
  const refusalContext = refusalContextOf(core, features)
  const hsts = hstsOf(origins.own, options.hstsIncludeSubDomains)
  const allJobs = features.list.flatMap(({ jobs = [] }) => jobs)
  const jobs = startJobs(allJobs, { sweepIntervalMs: options.sweepIntervalMs, report: core.report })
  return {
    basePath: links.basePath,
    rootPaths: features.list.flatMap(({ routes }) => routes.flatMap(({ isAtRoot, path }) => (isAtRoot ? [path] : []))),
    refuseCrossOrigin(request) {
      requireRequest(request)
      refuseCrossOrigin(request.method ?? '', headerReader(request), origins)
    },
    toResponse(error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal_error')
      const requestId = randomUUID()
      if (isFault(refusal)) report(error, requestId)
      const headers = new Headers(commonHeaders(hsts))
      headers.set('X-Request-Id', requestId)
      return refusalResponse(refusal, refusalContext, { headers, cookies: [], now: clock() })
    },
    ...serverSideCalls(features),
    ping: () => stores.ping(),
    checkIntegrity: () => stores.checkIntegrity(),
    async sweep() {
      const counts = await jobs.sweep()
      return counts.get(features.sessions.sweep) ?? 0
    },
    async invalidateUser(id) {
      const userId = requireUserId(id)
      await stores.sessions.invalidateUser(userId)
    },
    stats: () => ({
      verifications: { ...memory.verifications },
      cachedSessions: memory.cache.size,
      hashesWaiting: passwords.hasher.waiting,
      invalidationLagMs: stores.sessions.lagMs(),
      mails: mailing.counts(),
      logouts: features.oauth.logoutCounts(),
    }),
    async close() {
      jobs.stop()
      for (const { stop } of features.list) await stop?.().catch(core.report)
      await stores.close()
    },
  }
}
