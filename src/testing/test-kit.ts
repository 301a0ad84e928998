/*
 * Latchkey for tests of applications: the real thing in memory, with a clock that stands still until it is moved, and
 * people who are logged in already. Nothing of it is a mock. Proved by test/testing.test.ts.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SecurityEvent } from '../catalogue/events.ts'
import type { Latchkey } from '../instance.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EventOrigin } from '../kernel/event.ts'
import { assembleLatchkey } from '../latchkey.ts'
import type { Message } from '../mail/message.ts'
import { ConfigurationError, type LatchkeyOptions } from '../options/options.ts'
import { sqlite } from '../storage/sql/sqlite.ts'
import { catchMails } from './catch-mails.ts'
import { logIn, type TestLogin, type TestLoginOptions } from './log-in.ts'
import { ROOMY_LIMITS } from './roomy-limits.ts'
import { SMALLEST_PASSWORD_COST } from './smallest-password-cost.ts'

/** An instance for tests, and what it did so far. */
export interface TestKit {
  readonly auth: Latchkey
  /** What time it is for Latchkey: when the kit was made, and what was added. */
  readonly clock: Clock
  /** Moves the clock, in milliseconds. */
  advance(ms: number): void
  /**
   * Somebody who is logged in; a user with this email is made unless there is one. A new session each time.
   * @param email default `ada@example.com`.
   */
  logIn(email?: string, options?: TestLoginOptions): Promise<TestLogin>
  /** All mails so far, oldest first. */
  readonly mails: readonly Message[]
  /** The first mail that fits, as soon as there is one. Each mail is given once. */
  waitForMail(fits?: (mail: Message) => boolean): Promise<Message>
  /** Security events, oldest first. */
  readonly events: readonly (SecurityEvent & EventOrigin)[]
  /** What was reported as a mistake: empty, or something is wrong. */
  readonly errors: readonly unknown[]
  /** How many SQL statements ran while something was done. Mails of what was done before go out first. */
  countStatements(work: () => unknown): Promise<number>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Makes an instance with a database in memory. Throws ConfigurationError in production (NODE_ENV): its clock stands still.
 * @param options as of `createLatchkey`, but for the clock; none is needed. Default of `baseUrl`: `http://localhost:3000`.
 */
export async function createTestKit(options: Partial<Omit<LatchkeyOptions, 'clock'>> = {}): Promise<TestKit> {
  if (process.env.NODE_ENV === 'production') {
    throw new ConfigurationError(
      'latchkey/testing is not for production: its clock stands still. NODE_ENV must be another.',
    )
  }
  const { baseUrl = 'http://localhost:3000' } = options
  const { mailer, mails, waitForMail } = catchMails()
  const events: (SecurityEvent & EventOrigin)[] = []
  const errors: unknown[] = []
  let statements = 0
  let now = Date.now()
  const auth = await assembleLatchkey(
    {
      storage: sqlite(':memory:'),
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
    { passwordCost: SMALLEST_PASSWORD_COST },
  )
  /** Lets mails of earlier work go out. */
  async function settle(): Promise<void> {
    let before: number
    do {
      before = statements
      await nextTurn()
    } while (statements !== before)
  }
  return {
    auth,
    clock: () => now,
    advance(ms) {
      now += ms
    },
    logIn: (email, how) => logIn({ auth, baseUrl }, email, how),
    mails,
    waitForMail,
    events,
    errors,
    async countStatements(work) {
      await settle()
      const before = statements
      await work()
      return statements - before
    },
    close: () => auth.close(),
    [Symbol.asyncDispose]: () => auth.close(),
  }
}
