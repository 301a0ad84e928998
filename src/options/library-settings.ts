import { z } from 'zod'
import type { EventListener } from '../catalogue/events.ts'
import { mailTextsSchema } from '../catalogue/mail-texts-schema.ts'
import type { MailTextOverrides } from '../catalogue/mails.ts'
import { timeSchema } from '../kernel/arguments.ts'
import { type Clock, systemClock } from '../kernel/clock.ts'
import type { RequestRecord } from '../kernel/connection.ts'
import { parseUserId } from '../kernel/ids.ts'
import { functionSchema } from '../kernel/setting-schemas.ts'
import { defineSettings, REQUIRED, type Settings } from '../kernel/settings.ts'
import type { OnStatement, SessionStorage, Storage } from '../storage/storage.ts'
import { originSchema } from './origin-schema.ts'

/** Settings that only the library has; the server sets them itself. */
export interface LibrarySettings {
  /** The public origin, as browsers see it: `https://example.com`. Never derived from a request. */
  readonly baseUrl: string
  /** Where the data is stored: `sqlite('app.db')`. */
  readonly storage: Storage
  /** Where sessions are stored: `redis('redis://localhost')`. Default: in `storage`. */
  readonly sessionStorage?: SessionStorage | undefined
  /** Sentences that replace the English ones in emails. */
  readonly mailTexts?: MailTextOverrides | undefined
  /** Name of the actor of server-side calls, in events and in the audit log. Default `application`. */
  readonly actor: string
  /** Returns the current time. For tests. */
  readonly clock: Clock
  /** Receives every security event, after it was stored. */
  readonly onEvent?: EventListener | undefined
  /** Receives unexpected errors, with the id in the 500 response, and warnings about the setup, whose `name` is `Warning`. Default: standard error. */
  readonly onError?: ((error: unknown, requestId: string | null) => void) | undefined
  /**
   * Receives every statement that a storage ran, without its values, and its duration in milliseconds. For metrics and
   * tracing.
   */
  readonly onStatement?: OnStatement | undefined
  /** Receives a record of every request that Latchkey responded to, for a log. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined
}

/** The table of the settings that only the library has. */
export const librarySettings: Settings<LibrarySettings> = defineSettings<LibrarySettings>(null, {
  baseUrl: {
    meaning: 'the public origin; plain http for localhost only',
    default: REQUIRED,
    schema: originSchema,
    variable: {
      name: 'LATCHKEY_BASE_URL',
      parse: (text) => text.replace(/\/$/, ''),
      defaultIs: '`http://localhost:$PORT`',
    },
  },
  storage: {
    meaning: "`sqlite('app.db')`, `postgres(url)`",
    default: REQUIRED,
    schema: z.custom<Storage>(isStorage, 'must be a storage such as sqlite("app.db") of latchkey/sqlite'),
  },
  sessionStorage: {
    meaning: '`redis(url)`',
    default: undefined,
    defaultIs: 'none: sessions are in `storage`',
    schema: z.custom<SessionStorage>(
      isSessionStorage,
      'must be a session storage such as redis("redis://localhost") of latchkey/redis',
    ),
  },
  mailTexts: {
    meaning: 'sentences of emails that replace the English ones',
    default: undefined,
    schema: mailTextsSchema,
  },
  actor: {
    meaning:
      'name under which server-side calls act, as events and the audit log have it; the command line is `cli:` and the user of the operating system',
    default: 'application',
    schema: z
      .string()
      .regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 characters without control characters')
      .refine((name) => parseUserId(name) === null, 'must not look like the id of a user'),
  },
  clock: {
    meaning: 'tells the time, for tests',
    default: systemClock,
    defaultIs: 'the clock of the machine',
    schema: functionSchema<Clock>().refine(tellsTime, 'must return milliseconds since 1970, such as Date.now()'),
  },
  onEvent: {
    meaning: 'receives every [security event](events.md)',
    default: undefined,
    schema: functionSchema<EventListener>(),
  },
  onError: {
    meaning: 'receives unexpected errors, and warnings about the setup, whose `name` is `Warning`',
    default: undefined,
    defaultIs: 'standard error',
    schema: functionSchema<NonNullable<LibrarySettings['onError']>>(),
  },
  onStatement: {
    meaning: 'receives every statement that a storage ran, without its values, and its milliseconds',
    default: undefined,
    schema: functionSchema<OnStatement>(),
  },
  onRequest: {
    meaning: 'receives a record of every request that Latchkey answered',
    default: undefined,
    schema: functionSchema<NonNullable<LibrarySettings['onRequest']>>(),
  },
})

function isStorage(value: unknown): boolean {
  return hasMethod(value, 'open') && hasMethod(value, 'planMigrations')
}

function isSessionStorage(value: unknown): boolean {
  return hasMethod(value, 'open') && !hasMethod(value, 'planMigrations')
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && typeof (value as Partial<Record<string, unknown>> | null)?.[name] === 'function'
}

function tellsTime(clock: Clock): boolean {
  return timeSchema.safeParse(clock()).success
}
