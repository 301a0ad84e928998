import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describeProblems, settingsSchema } from '../check-options.ts'
import { ConfigurationError, type LatchkeyOptions } from '../options.ts'
import { redis } from '../storage/redis/redis.ts'
import { postgres } from '../storage/sql/postgres.ts'
import { sqlite } from '../storage/sql/sqlite.ts'
import type { Storage } from '../storage/storage.ts'
import { type Environment, readEnvironment } from './environment.ts'

/** The default export of `latchkey.config.ts`: the settings of `LatchkeyOptions` that are plain data. */
export type LatchkeyConfig = Omit<
  LatchkeyOptions,
  'baseUrl' | 'storage' | 'sessionStorage' | 'clock' | 'onEvent' | 'onError' | 'onStatement' | 'onRequest'
>

/** All settings of a process. */
export interface Configuration {
  readonly environment: Environment
  readonly storage: Storage
  /** Ready for `createLatchkey`; listeners are the server's to add. */
  readonly options: LatchkeyOptions
}

const CONFIG_FILES = ['latchkey.config.ts', 'latchkey.config.mts', 'latchkey.config.js', 'latchkey.config.mjs']

/**
 * Reads `latchkey.config.ts`, when there is one, and the environment, which wins.
 * @throws ConfigurationError that names the key, what is wrong, and what would be right.
 */
export async function readConfiguration(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<Configuration> {
  const environment = readEnvironment(env)
  const file = await readConfigFile(directory)
  const { storage, sessionStorage } = chooseStorages(environment, directory)
  const { secrets, trustProxy, trustedOrigins, registration, baseUrl } = environment
  const fromEnvironment = Object.entries({ secrets, trustProxy, trustedOrigins, registration })
  const set = Object.fromEntries(fromEnvironment.filter(([, value]) => value !== undefined))
  // Both halves were checked, each by its schema.
  return { environment, storage, options: { ...file, ...set, baseUrl, storage, sessionStorage } as LatchkeyOptions }
}

async function readConfigFile(directory: string): Promise<LatchkeyConfig> {
  const path = CONFIG_FILES.map((name) => resolve(directory, name)).find((candidate) => existsSync(candidate))
  if (path === undefined) return {}
  const config = await importDefault(path)
  const { success, data, error } = settingsSchema.safeParse(config)
  if (!success) throw new ConfigurationError(describeProblems(path, error))
  return data as LatchkeyConfig // zod writes an absent setting as undefined, which means the same
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown }
    return module.default
  } catch (error) {
    throw new ConfigurationError(`${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function chooseStorages(
  { databaseUrl, databaseDirectUrl, redisUrl }: Environment,
  directory: string,
): Pick<LatchkeyOptions, 'storage' | 'sessionStorage'> {
  return {
    storage: databaseUrl.startsWith('sqlite:')
      ? sqlite(toSqlitePath(databaseUrl, directory))
      : postgres(databaseUrl, databaseDirectUrl === undefined ? {} : { directUrl: databaseDirectUrl }),
    ...(redisUrl === undefined ? {} : { sessionStorage: redis(redisUrl) }),
  }
}

function toSqlitePath(databaseUrl: string, directory: string): string {
  const path = databaseUrl.slice('sqlite:'.length)
  return path === ':memory:' ? path : resolve(directory, path)
}
