/*
 * The settings of the server from the environment (DESIGN section 3). An unknown LATCHKEY_* variable is refused, so
 * that a mistyped name does not silently mean the default.
 */
import { z } from 'zod'
import type { NamedSetting, RoomSettings, Variable } from '../kernel/settings.ts'
import { type SmtpSettings, smtpSettings } from '../mail/settings.ts'
import type { Provider } from '../providers/provider.ts'
import { providerVariables, readProviders } from '../providers/variable-settings.ts'
import { ConfigurationError, type LatchkeyConfig } from './options.ts'
import { readSecretFiles } from './secret-files.ts'
import { type ServerSettings, serverSettings } from './server-settings.ts'
import { isServiceVariable, replacesSetting } from './service-variables.ts'
import { LIBRARY_SETTINGS, SERVER_SETTINGS, SHARED_SETTINGS } from './settings.ts'
import { zodSchema } from './zod-schema.ts'

/** The settings of the environment, checked. */
export interface Environment extends ServerSettings, SmtpSettings {
  readonly baseUrl: string
  /** The providers that variables set up; absent if there are none. */
  readonly providers?: readonly Provider[]
  /** Options that variables set. An option is absent if it has no variable, or if its variable is not set. */
  readonly options: LatchkeyConfig
}

/** A setting that has a variable. */
interface VariableSetting extends NamedSetting {
  readonly variable: Variable
}

const VARIABLES: readonly VariableSetting[] = [...SERVER_SETTINGS, ...LIBRARY_SETTINGS, ...SHARED_SETTINGS].flatMap(
  ({ list }) => list.filter(hasVariable),
)

const NAMES = VARIABLES.map(({ variable }) => variable.name)
const SECRET_NAMES = VARIABLES.filter(({ variable }) => variable.isSecret === true).map(({ variable }) => variable.name)

const variablesSchema = z.object(
  Object.fromEntries(VARIABLES.map((setting) => [setting.variable.name, toVariableSchema(setting).optional()])),
)

/**
 * Reads the environment, and the files that `<NAME>_FILE` variables name. An empty value counts as not set.
 * @throws ConfigurationError with one line per variable that is unknown or wrong.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const given = Object.entries(env).filter((entry): entry is [string, string] => isSetting(entry[0], entry[1], env))
  const { set, problems } = readSecretFiles(Object.fromEntries(given), SECRET_NAMES)
  // The problem of a file stands for the value that it does not have.
  const present = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== ''))
  const unknown = findUnknown(present)
  const { success, data, error } = variablesSchema.safeParse(present)
  const wrong = success ? [] : error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`)
  if (!success || unknown.length + problems.length > 0) {
    throw new ConfigurationError(['The environment has wrong settings', ...unknown, ...problems, ...wrong].join('\n  '))
  }
  const server = serverSettings.complete(toOptions([serverSettings], data))
  const { baseUrl = defaultBaseUrl(server.port) } = toOptions(LIBRARY_SETTINGS, data) as { readonly baseUrl?: string }
  const smtp = smtpSettings.complete(toOptions([smtpSettings], data))
  const providers = readProviders({ ...toOptions([providerVariables], data) })
  const some = providers.length === 0 ? {} : { providers }
  return { ...server, ...smtp, baseUrl, ...some, options: toOptions(SHARED_SETTINGS, data) }
}

/** Returns false for an empty value, and for a variable that Kubernetes or Docker made of a service. */
function isSetting(name: string, value: string | undefined, env: Parameters<typeof readEnvironment>[0]): boolean {
  if (value === undefined || value === '') return false
  return !(NAMES.includes(name) ? replacesSetting : isServiceVariable)(name, value, env)
}

/** Merges the options of a configuration file with those of the environment, which take precedence. */
export function mergeOptions(file: LatchkeyConfig, { options, providers }: Environment): LatchkeyConfig {
  const sections = SHARED_SETTINGS.flatMap(({ section }) => (section === null ? [] : [section]))
  const fromFile = new Map<string, object>(Object.entries(file))
  const merged = Object.entries(options).map(([name, value]) =>
    sections.includes(name) ? [name, { ...fromFile.get(name), ...value }] : [name, value],
  )
  const all = { ...file, ...Object.fromEntries(merged) }
  if (providers === undefined) return all
  const others = (file.providers ?? []).filter(({ id }) => !providers.some((provider) => provider.id === id))
  return { ...all, providers: [...others, ...providers] }
}

function hasVariable(setting: NamedSetting): setting is VariableSetting {
  return setting.variable !== undefined
}

function toVariableSchema(setting: VariableSetting): z.ZodType {
  const { parse = (text: string): unknown => text } = setting.variable
  return z.string().transform(parse).pipe(zodSchema(setting))
}

/** Returns the values of variables at the places that the options have for them. */
function toOptions(rooms: readonly RoomSettings[], values: Readonly<Record<string, unknown>>): object {
  const members = rooms.flatMap(({ section, list }): [string, unknown][] => {
    const set = list
      .filter(hasVariable)
      .map(({ name, variable }): [string, unknown] => [name, values[variable.name]])
      .filter(([, value]) => value !== undefined)
    if (section === null) return set
    return set.length === 0 ? [] : [[section, Object.fromEntries(set)]]
  })
  return Object.fromEntries(members)
}

function defaultBaseUrl(port: number): string {
  if (port === 0)
    throw new ConfigurationError('PORT=0 takes any free port, so LATCHKEY_BASE_URL must say the public origin')
  return new URL(`http://localhost:${port}`).origin
}

function findUnknown(set: Readonly<Record<string, unknown>>): string[] {
  const known = NAMES.filter((name) => name.startsWith('LATCHKEY_'))
  return Object.keys(set)
    .filter((name) => name.toUpperCase().startsWith('LATCHKEY_') && !known.includes(name))
    .map((name) => `${name}: there is no such setting. Known are ${known.join(', ')}`)
}
