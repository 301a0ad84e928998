import type { z } from 'zod'
import { acceptConfiguration, strictMembers } from '../kernel/arguments.ts'
import { isDevelopment, NODE_ENVS } from '../kernel/origins.ts'
import { type NamedSetting, REQUIRED, type RoomSettings } from '../kernel/settings.ts'
import { ConfigurationError, type LatchkeyOptions } from './options.ts'
import { LIBRARY_SETTINGS, SHARED_SETTINGS } from './settings.ts'
import { zodSchema } from './zod-schema.ts'

/** The schema of the settings in a configuration file. */
export const settingsSchema: z.ZodType = toSchema(SHARED_SETTINGS)

/** What NODE_ENV may be. Another value, such as `prod` or `staging`, would silently count as development (CWE-1188). */
export const NODE_ENV_RULE = 'must be production, development or test; not set means development'

const OPTIONS = [...LIBRARY_SETTINGS, ...SHARED_SETTINGS]
const optionsSchema = toSchema(OPTIONS)

/**
 * Refuses options that are unknown, wrong or contradict each other. Throws ConfigurationError with one line per
 * problem.
 */
export function checkOptions(options: LatchkeyOptions): void {
  acceptConfiguration('createLatchkey', optionsSchema, options)
  const { NODE_ENV: nodeEnv = '' } = process.env
  if (nodeEnv !== '' && !NODE_ENVS.includes(nodeEnv))
    throw new ConfigurationError(`createLatchkey: NODE_ENV ${NODE_ENV_RULE}`)
  const baseUrl = new URL(options.baseUrl)
  const context = {
    baseUrl,
    isDevelopment: isDevelopment(baseUrl),
    hasMailer: options.mailer !== undefined,
    isRegistrationOpen: (options.registration ?? 'open') === 'open',
  }
  for (const room of OPTIONS) {
    const problem = room.findContradiction({ ...options }, context)
    if (problem !== null) throw new ConfigurationError(`createLatchkey: ${problem}`)
  }
}

function toSchema(rooms: readonly RoomSettings[]): z.ZodType {
  const members = rooms.flatMap(({ section, list }): [string, z.ZodType][] => {
    const shape = list.map(toMember)
    return section === null ? shape : [[section, strictMembers(Object.fromEntries(shape), 'setting').optional()]]
  })
  return strictMembers(Object.fromEntries(members), 'setting')
}

function toMember(setting: NamedSetting): [string, z.ZodType] {
  const schema = zodSchema(setting)
  return [setting.name, setting.default === REQUIRED ? schema : schema.optional()]
}
