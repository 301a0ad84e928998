/*
 * The sample data of the preview: a real instance with a database in memory, and people in it. Nothing of it is stored.
 */
import type { Latchkey } from '../../instance.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts'
import { assembleLatchkey } from '../../latchkey.ts'
import type { LatchkeyConfig, LatchkeyOptions } from '../../options/options.ts'
import { sqlite } from '../../storage/sql/sqlite.ts'
import { type CaughtMails, catchMails } from '../../testing/catch-mails.ts'
import { createMemoryProvider, type MemoryProvider } from '../../testing/memory-provider.ts'
import { ROOMY_LIMITS } from '../../testing/roomy-limits.ts'
import { SMALLEST_PASSWORD_COST } from '../../testing/smallest-password-cost.ts'
import { sampleProviders } from './sample-providers.ts'
import { createVisitor, type Visitor } from './visitor.ts'

/** The password of everyone in the sample. */
export const SAMPLE_PASSWORD = 'correct horse battery'
/** A person with a second login step. */
export const STEP_EMAIL = 'grace.hopper@example.com'
/** A person whose names are very long. */
export const LONG_EMAIL = `${'a'.repeat(58)}@${'long-name.'.repeat(4)}example.com`

const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15'
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0'

/** How long a proof of identity is old enough that the pages ask for another one. */
export const OLD_MS: number = 11 * MINUTE_MS

/** How an instance of the sample differs from the configuration. */
export type SampleKind = 'open' | 'closed' | 'invite' | 'required' | 'strict' | 'enrol' | 'providers' | 'oauth'

const DIFFERENCES: Readonly<Record<SampleKind, Partial<LatchkeyOptions>>> = {
  open: { registration: 'open', verifyEmail: 'optional', emailLogin: 'on', throttle: ROOMY_LIMITS },
  closed: { registration: 'closed' },
  invite: { registration: 'invite' },
  required: { verifyEmail: 'required', throttle: ROOMY_LIMITS },
  strict: { throttle: { freeFailures: 1, firstWaitMs: 600_000 } },
  enrol: { secondFactor: 'required', throttle: ROOMY_LIMITS },
  providers: { registration: 'open', providers: sampleProviders(), throttle: ROOMY_LIMITS },
  oauth: { registration: 'open', oauth: {}, throttle: ROOMY_LIMITS },
}

/** An instance with people in it. */
export interface Sample {
  readonly auth: Latchkey
  /** Origin of the preview. */
  readonly origin: string
  readonly mails: CaughtMails
  /** Plays all providers. */
  readonly provider: MemoryProvider
  /** The time of the instance. */
  now(): number
  /** Moves the clock forward. */
  advance(ms: number): void
  /** Returns a browser that has never been here. */
  visitor(userAgent?: string): Visitor
  /** Returns a browser in which a person is logged in. */
  member(email: string): Promise<Visitor>
}

/** Creates an instance for the preview. */
export async function createSample(config: LatchkeyConfig, origin: string, kind: SampleKind): Promise<Sample> {
  const mails = catchMails()
  let skipped = 0
  const now = (): number => Date.now() + skipped
  const provider = createMemoryProvider(now)
  const options: LatchkeyOptions = {
    ...config,
    ...DIFFERENCES[kind],
    scopes: ['orders:read', 'orders:write', 'profile'],
    session: {},
    password: {},
    accessTokens: { allowNoExpiry: true },
    secrets: [Buffer.alloc(32, 1).toString('base64url')],
    baseUrl: origin,
    storage: sqlite(':memory:'),
    mailer: mails.mailer,
    sweepIntervalMs: 0,
    clock: now,
  }
  const seams = { passwordCost: SMALLEST_PASSWORD_COST, fetchProvider: provider.fetch }
  const auth = await assembleLatchkey(options, seams)
  const visitor = (userAgent = WINDOWS): Visitor => createVisitor(auth, origin, userAgent)
  const sample: Sample = {
    auth,
    origin,
    mails,
    provider,
    advance(ms) {
      skipped += ms
    },
    visitor,
    now,
    async member(email) {
      const browser = visitor()
      await browser.form(`${auth.basePath}/login`, { email, password: SAMPLE_PASSWORD })
      return browser
    },
  }
  await auth.users.create({ email: STEP_EMAIL, password: SAMPLE_PASSWORD, name: 'Grace Hopper', emailVerified: true })
  if (kind === 'open') await setUpApp(sample, await sample.member(STEP_EMAIL))
  return sample
}

/** Creates a person with devices, access tokens and a failed login. */
export async function createPerson(
  sample: Sample,
  { email, name }: { readonly email: string; readonly name: string },
): Promise<void> {
  const { auth } = sample
  const login = `${auth.basePath}/login`
  const user = await auth.users.create({ email, password: SAMPLE_PASSWORD, name, emailVerified: true })
  for (const agent of [MAC, PHONE, 'curl/8.5.0']) {
    await sample.visitor(agent).form(login, { email, password: SAMPLE_PASSWORD })
    sample.advance(HOUR_MS)
  }
  await sample.visitor().form(login, { email, password: 'a wrong password' })
  await auth.tokens.create(user.id, { name, scopes: ['orders:read', 'profile'] })
  await auth.tokens.create(user.id, { name: 'CI', scopes: [], expiresAt: sample.now() + 5 * DAY_MS })
}

/** Registers a person in a browser, who has read the welcome. */
export async function newPerson(browser: Visitor): Promise<Visitor> {
  await browser.form('/auth/register', { email: `f${Math.random()}@example.com`, password: SAMPLE_PASSWORD })
  await browser.get('/auth/account')
  return browser
}

/** Sets up an authenticator app in a browser where a person is logged in. Returns the page that shows the recovery codes. */
export async function setUpApp({ auth, now }: Sample, browser: Visitor): Promise<string> {
  const { secret } = (await browser.json(`${auth.basePath}/totp`, {})) as { readonly secret: string }
  return browser.form(`${auth.basePath}/account/confirm-totp`, { code: await appCode(secret, now()) })
}

/** Returns the code that an authenticator app shows. */
export async function appCode(secret: string, timestamp: number): Promise<string> {
  const { TOTP } = await import('otpauth')
  return new TOTP({ secret }).generate({ timestamp })
}
