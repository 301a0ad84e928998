/*
 * The environment variables of providers. A provider is on if all its required variables are set. Some of them without the
 * others are refused, so that a login does not go missing in silence.
 */
import { z } from 'zod'
import { ConfigurationError } from '../kernel/configuration-error.ts'
import { defineSettings, type Setting, type Settings } from '../kernel/settings.ts'
import { apple } from './presets/apple.ts'
import { github } from './presets/github.ts'
import { gitlab } from './presets/gitlab.ts'
import { google } from './presets/google.ts'
import { microsoft } from './presets/microsoft.ts'
import { oidc } from './presets/oidc.ts'
import { isProvider, type Provider } from './provider.ts'
import { findIssuerProblem } from './settings.ts'

/** A variable: the option of the function that it sets. */
interface ProviderVariable {
  readonly option: string
  readonly meaning: string
  readonly isRequired: boolean
  readonly isSecret: boolean
  readonly parse: (text: string) => unknown
  /** What a wrong text is told. Default: the message of the option. */
  readonly mustBe?: string
}

/** A provider that variables set up. */
interface ProviderGroup {
  readonly name: string
  readonly make: (options: never) => Provider
  readonly variables: Readonly<Record<string, ProviderVariable>>
}

type Parts = Partial<Pick<ProviderVariable, 'isRequired' | 'isSecret' | 'parse' | 'mustBe'>>

function variable(option: string, meaning: string, parts: Parts = {}): ProviderVariable {
  return { option, meaning, isRequired: true, isSecret: false, parse: (text) => text, ...parts }
}

const CLIENT_ID = variable('clientId', 'client id')
const CLIENT_SECRET = variable('clientSecret', 'client secret', { isSecret: true })
const OPTIONAL = { isRequired: false }
const DOMAINS = variable('domains', 'domains whose addresses the provider decides about, separated by commas', {
  isRequired: false,
  parse: (text) => text.split(',').map((domain) => domain.trim()),
})
const ALLOW_PRIVATE = variable(
  'allowPrivate',
  '`1`: the issuer may have a private address, and outside production a loopback address and http',
  { isRequired: false, parse: (text) => (text === '1' ? true : text), mustBe: 'must be 1' },
)

const GROUPS: readonly ProviderGroup[] = [
  { name: 'GOOGLE', make: google, variables: { CLIENT_ID, CLIENT_SECRET } },
  {
    name: 'APPLE',
    make: apple,
    variables: {
      CLIENT_ID: variable('clientId', 'Services ID'),
      TEAM_ID: variable('teamId', 'team id'),
      KEY_ID: variable('keyId', 'id of the key'),
      PRIVATE_KEY: variable('privateKey', 'content of the file `AuthKey_….p8`', { isSecret: true }),
    },
  },
  {
    name: 'MICROSOFT',
    make: microsoft,
    variables: {
      CLIENT_ID,
      CLIENT_SECRET,
      TENANT: variable('tenant', '`common` (default), `organizations`, `consumers` or the id of a tenant', OPTIONAL),
    },
  },
  { name: 'GITHUB', make: github, variables: { CLIENT_ID, CLIENT_SECRET } },
  {
    name: 'GITLAB',
    make: gitlab,
    variables: {
      CLIENT_ID,
      CLIENT_SECRET,
      ISSUER: variable('issuer', 'URL; `https://gitlab.com` (default)', OPTIONAL),
      DOMAINS,
      ALLOW_PRIVATE,
    },
  },
  {
    name: 'OIDC',
    make: oidc,
    variables: {
      ISSUER: variable('issuer', 'URL of the issuer'),
      CLIENT_ID,
      CLIENT_SECRET,
      NAME: variable('name', 'name on the button; default: the host of the issuer', OPTIONAL),
      DOMAINS,
      ALLOW_PRIVATE,
    },
  },
]

/** The values of the variables, by name. */
export type ProviderVariables = Readonly<Record<string, string | undefined>>

/** The table of the variables of providers. */
export const providerVariables: Settings<ProviderVariables> = defineSettings<ProviderVariables>(
  null,
  Object.fromEntries(GROUPS.flatMap(toSettings)),
)

function toSettings({ name, variables }: ProviderGroup): [string, Setting<string | undefined>][] {
  return Object.entries(variables).map(([suffix, { meaning, isSecret }]) => {
    const full = `LATCHKEY_${name}_${suffix}`
    return [full, { meaning, default: undefined, schema: z.string().optional(), variable: { name: full, isSecret } }]
  })
}

/**
 * Creates the providers that the variables set up.
 * @throws ConfigurationError that names each variable that is missing or wrong.
 */
export function readProviders(values: ProviderVariables): readonly Provider[] {
  const problems: string[] = []
  const providers = GROUPS.flatMap((group) => {
    const made = makeFrom(group, values)
    if (Array.isArray(made)) problems.push(...made)
    return Array.isArray(made) ? [] : (made ?? [])
  })
  if (problems.length > 0) {
    throw new ConfigurationError(['The environment has wrong settings', ...problems].join('\n  '))
  }
  return providers
}

/** Returns the provider of a group, its problems, or null if none of its variables is set. */
function makeFrom({ name, make, variables }: ProviderGroup, values: ProviderVariables): Provider | string[] | null {
  const nameOf = (suffix: string): string => `LATCHKEY_${name}_${suffix}`
  const entries = Object.entries(variables)
  const set = entries.filter(([suffix]) => values[nameOf(suffix)] !== undefined)
  if (set.length === 0) return null
  const missing = entries.filter(([suffix, { isRequired }]) => isRequired && values[nameOf(suffix)] === undefined)
  if (missing.length > 0) {
    const why = `is missing: ${set.map(([suffix]) => nameOf(suffix)).join(' and ')} needs it`
    return missing.map(([suffix]) => `${nameOf(suffix)}: ${why}`)
  }
  const options = set.map(([suffix, { option, parse }]) => [option, parse(values[nameOf(suffix)] ?? '')] as const)
  try {
    const provider = make(Object.fromEntries(options) as never) // the function checks its options
    const problem = isProvider(provider) ? findIssuerProblem(provider) : null
    if (problem === null) return provider
    return [`${nameOf('ISSUER')}: ${problem.replace('allowPrivate', `${nameOf('ALLOW_PRIVATE')}=1`)}`]
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return describe(error, entries, nameOf)
  }
}

/** Replaces the options in the problems by the names of their variables. */
function describe(
  { message }: ConfigurationError,
  entries: readonly (readonly [string, ProviderVariable])[],
  nameOf: (suffix: string) => string,
): string[] {
  const lines = message.split('\n').slice(1)
  return lines.map((line) => {
    const option = line.trim().split(/[.:]/)[0]
    const found = entries.find(([, each]) => each.option === option)
    if (found === undefined) return line.trim()
    const [suffix, { mustBe = line.slice(line.indexOf(':') + 1).trim() }] = found
    return `${nameOf(suffix)}: ${mustBe}`
  })
}
