/*
 * Latchkey for tests of applications: the real product in memory, with a clock that moves only on command, and users
 * who are already logged in. Nothing is mocked. Proved by test/testing.test.ts.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import type { SecurityEvent } from '../catalogue/events.ts'
import type { Latchkey } from '../instance.ts'
import { acceptConfiguration, wholeNumber } from '../kernel/arguments.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EventOrigin } from '../kernel/event.ts'
import { functionSchema } from '../kernel/setting-schemas.ts'
import { assembleLatchkey } from '../latchkey.ts'
import type { Message } from '../mail/message.ts'
import { checkOptions } from '../options/check-options.ts'
import { ConfigurationError, type LatchkeyOptions } from '../options/options.ts'
import { sqlite } from '../storage/sql/sqlite.ts'
import { catchMails } from './catch-mails.ts'
import { emailCode, totpCode } from './code-of.ts'
import { logIn, type TestLogin, type TestLoginOptions } from './log-in.ts'
import { logInWith, type TestProviderLogin } from './log-in-with.ts'
import { createMemoryProvider, type TestAccount } from './memory-provider.ts'
import { ROOMY_LIMITS } from './roomy-limits.ts'
import { SMALLEST_PASSWORD_COST } from './smallest-password-cost.ts'

/** An instance for tests, and a record of its effects. */
export interface TestKit {
  readonly auth: Latchkey
  /** The current time of the instance: the time when the kit was created, plus all advances. */
  readonly clock: Clock
  /** Moves the clock forward, in milliseconds. */
  advance(ms: number): void
  /**
   * Logs a user in and creates a new session on each call; creates the user if there is none with this email address.
   * @param email default `ada@example.com`.
   */
  logIn(email?: string, options?: TestLoginOptions): Promise<TestLogin>
  /**
   * Logs in with a provider of the options, which approves the login as this account. All providers are in memory.
   * @param provider its id: `google`.
   */
  logInWith(provider: string, account: TestAccount): Promise<TestProviderLogin>
  /** All emails so far, oldest first. */
  readonly mails: readonly Message[]
  /** Resolves with the first email that matches, as soon as it exists. Returns each email once. */
  waitForMail(fits?: (mail: Message) => boolean): Promise<Message>
  /** Returns the code that an authenticator app shows now. `secret` is that of `POST /auth/totp`. */
  totpCode(secret: string): Promise<string>
  /** Resolves with the code of the next login email to an address. Returns each code once. */
  emailCode(email: string): Promise<string>
  /** Security events, oldest first. */
  readonly events: readonly (SecurityEvent & EventOrigin)[]
  /** Unexpected errors so far. A healthy test leaves this empty. */
  readonly errors: readonly unknown[]
  /** Returns the number of SQL statements that ran during `work`. Emails of earlier work are sent first. */
  countStatements(work: () => unknown): Promise<number>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const advanceSchema = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number of milliseconds')
const workSchema = functionSchema<() => unknown>()
const fitsSchema = functionSchema<(mail: Message) => boolean>().optional()

const optionsSchema = z.looseObject({}, 'must be an object with options of createLatchkey')

/**
 * Creates an instance with a database in memory. Throws ConfigurationError in production (NODE_ENV), because its clock
 * stands still.
 * @param options as for `createLatchkey`, except the clock; all are optional. Default of `baseUrl`:
 *   `http://localhost:3000`.
 */
export async function createTestKit(options: Partial<Omit<LatchkeyOptions, 'clock'>> = {}): Promise<TestKit> {
  if (process.env.NODE_ENV === 'production') {
    throw new ConfigurationError(
      'latchkey/testing is not for production: its clock stands still. Set NODE_ENV to another value.',
    )
  }
  acceptConfiguration('createTestKit', optionsSchema, options)
  if ('clock' in options) {
    throw new ConfigurationError('createTestKit: clock: the kit has a clock, which advance(ms) moves')
  }
  const { baseUrl = 'http://localhost:3000' } = options
  const storage = sqlite(':memory:')
  const { mailer, mails, waitForMail } = catchMails()
  checkOptions({ storage, mailer, ...options, baseUrl }) // the listeners below hide those of the caller
  const events: (SecurityEvent & EventOrigin)[] = []
  const errors: unknown[] = []
  let statements = 0
  let now = Date.now()
  const memory = createMemoryProvider(() => now)
  const auth = await assembleLatchkey(
    {
      storage,
      mailer,
      throttle: ROOMY_LIMITS,
      sweepIntervalMs: 0,
      ...options,
      baseUrl,
      clock: () => now,
      onEvent(event) {
        events.push(event)
        options.onEvent?.(event)
      },
      onError(error, requestId) {
        errors.push(error)
        options.onError?.(error, requestId)
      },
      onStatement(...statement) {
        statements += 1
        options.onStatement?.(...statement)
      },
    },
    { passwordCost: SMALLEST_PASSWORD_COST, fetchProvider: memory.fetch },
  )
  return {
    auth,
    clock: () => now,
    advance(ms) {
      acceptConfiguration('advance', advanceSchema, ms)
      now += ms
    },
    logIn: (email, how) => logIn({ auth, baseUrl }, email, how),
    logInWith: (provider, account) => logInWith({ auth, baseUrl, memory, errors }, provider, account),
    mails,
    async waitForMail(fits) {
      acceptConfiguration('waitForMail', fitsSchema, fits)
      return waitForMail(fits)
    },
    totpCode: async (secret) => totpCode(secret, now),
    emailCode: async (email) => emailCode(waitForMail, email),
    events,
    errors,
    async countStatements(work) {
      acceptConfiguration('countStatements', workSchema, work)
      await settle(() => statements)
      const before = statements
      await work()
      return statements - before
    },
    close: () => auth.close(),
    [Symbol.asyncDispose]: () => auth.close(),
  }
}

/** Waits until the emails of earlier work are sent: until no more statements run. */
async function settle(count: () => number): Promise<void> {
  let before: number
  do {
    before = count()
    // A long row of queries waits for one turn of the event loop before it continues.
    await nextTurn()
    await nextTurn()
  } while (count() !== before)
}
