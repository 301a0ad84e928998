import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { acceptConfiguration } from '../kernel/arguments.ts'
import { isDevelopment } from '../kernel/origins.ts'
import { defaultMailFrom } from '../mail/mail-from.ts'
import type { SmtpMailer } from '../mail/smtp.ts'
import { settingsSchema } from '../options/check-options.ts'
import { type Environment, mergeOptions, readEnvironment } from '../options/environment.ts'
import { ConfigurationError, type LatchkeyConfig, type LatchkeyOptions } from '../options/options.ts'
import { sqlite } from '../storage/sql/sqlite.ts'
import type { Storage } from '../storage/storage.ts'
import { parseSqliteUrl } from './sqlite-url.ts'

/** All settings of a process. */
export interface Configuration {
  readonly environment: Environment
  readonly storage: Storage
  /** Options for `createLatchkey`; the server adds its listeners. */
  readonly options: LatchkeyOptions
  /** Closes the connections to the mail server. Call it after closing the instance. */
  closeMailer(): void
}

const CONFIG_FILE = 'latchkey.config.'
const CONFIG_ENDS = ['ts', 'mts', 'js', 'mjs']
/** Ends of configuration files that other tools read. A file with one of them would be ignored. */
const OTHER_ENDS = ['cts', 'cjs', 'tsx', 'jsx', 'json', 'jsonc', 'json5', 'yaml', 'yml', 'toml']

/**
 * Reads `latchkey.config.ts`, if it exists, and the environment, which takes precedence.
 * @throws ConfigurationError that names the key, the problem and a correct value.
 */
export async function readConfiguration(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<Configuration> {
  const environment = readEnvironment(env)
  const file = await readConfigFile(directory)
  const { storage, sessionStorage } = await chooseStorages(environment, directory)
  const smtp = await chooseMailer(environment)
  const { baseUrl } = environment
  const options = { ...mergeOptions(file, environment), baseUrl, storage, sessionStorage, mailer: smtp?.send }
  return { environment, storage, options, closeMailer: () => smtp?.close() }
}

async function readConfigFile(directory: string): Promise<LatchkeyConfig> {
  const path = findConfigFile(directory)
  if (path === null) return {}
  const config = await importDefault(path)
  // the schema has a member for each member of the type
  return acceptConfiguration(path, settingsSchema, config) as LatchkeyConfig
}

/** Returns the path of the only configuration file, or null. Throws ConfigurationError if a file would be ignored. */
function findConfigFile(directory: string): string | null {
  const found = [...CONFIG_ENDS, ...OTHER_ENDS]
    .map((end) => resolve(directory, `${CONFIG_FILE}${end}`))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined)
  const other = found.find((path) => OTHER_ENDS.includes(path.split('.').at(-1) ?? ''))
  if (other !== undefined)
    throw new ConfigurationError(`${other} is not read: it must end with ${CONFIG_ENDS.join(', ')}`)
  const [path = null, another] = found
  if (another !== undefined) throw new ConfigurationError(`${path} and ${another}: only one of them may be there`)
  return path
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown }
    return module.default
  } catch (error) {
    throw new ConfigurationError(`${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function chooseMailer({ smtpUrl, mailFrom, baseUrl }: Environment): Promise<SmtpMailer | undefined> {
  if (smtpUrl === undefined) return undefined
  const { createSmtpMailer } = await import('../mail/smtp.ts')
  try {
    const from = mailFrom ?? defaultMailFrom(new URL(baseUrl))
    const allowsPrivatePlainText = isDevelopment(new URL(baseUrl))
    return await createSmtpMailer({ url: smtpUrl, from, allowsPrivatePlainText })
  } catch (error) {
    throw new ConfigurationError(
      `SMTP_URL, LATCHKEY_MAIL_FROM: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** Imports only the storages in use, so that a server with SQLite starts fast. */
async function chooseStorages(
  environment: Environment,
  directory: string,
): Promise<Pick<LatchkeyOptions, 'storage' | 'sessionStorage'>> {
  const storage = await chooseStorage(environment, directory)
  if (environment.redisUrl === undefined) return { storage }
  const { redis } = await import('../storage/redis/redis.ts')
  return { storage, sessionStorage: redis(environment.redisUrl) }
}

async function chooseStorage({ databaseUrl, databaseDirectUrl }: Environment, directory: string): Promise<Storage> {
  if (databaseUrl.startsWith('sqlite:')) return sqlite(parseSqliteUrl(databaseUrl, directory))
  const { postgres } = await import('../storage/sql/postgres.ts')
  return postgres(databaseUrl, {
    secretsFile: resolve(directory, 'latchkey.secrets'),
    ...(databaseDirectUrl === undefined ? {} : { directUrl: databaseDirectUrl }),
  })
}
