/*
 * Settings. Each room has one table with the meaning, default, schema and environment variable of each setting, and a
 * function that finds contradictions. `src/options` combines the tables into the schema of the options, their check and
 * the environment. `scripts/write-settings.ts` writes the tables of docs/configuration.md from them.
 */

/** Marks a setting without a default: the caller must give it. */
export const REQUIRED: unique symbol = Symbol('required')

/**
 * A zod schema for a value. Public types import this file, so it does not name zod's types: otherwise the compiler of each
 * application would check all of them. test/docs.test.ts counts the types.
 */
export interface SettingSchema<Value> {
  readonly _zod: { readonly output: Value }
}

/** An environment variable of the server that sets a setting. */
export interface Variable {
  readonly name: string
  /** Turns the text into a value for the schema of the setting. Default: the text itself. */
  readonly parse?: (text: string) => unknown
  /** True if the value contains a secret. Then `<name>_FILE` can name a file with the value. */
  readonly isSecret?: boolean
  /** Default of the server, in Markdown, if it differs from the default of the setting. */
  readonly defaultIs?: string
}

/** One setting. */
export interface Setting<Value> {
  /** Meaning with unit and bounds, in Markdown, for docs/configuration.md. */
  readonly meaning: string
  readonly default: Value | typeof REQUIRED
  /** Default in Markdown. If it is absent, the text is generated from the value. */
  readonly defaultIs?: string
  /** Validates a given value. Its messages describe the accepted values. */
  readonly schema: SettingSchema<Value>
  readonly variable?: Variable
}

/** One entry for each member of a settings interface. */
export type SettingsTable<Shape extends object> = { readonly [Key in keyof Shape]-?: Setting<Shape[Key]> }

/** A setting with its name. */
export interface NamedSetting extends Setting<unknown> {
  readonly name: string
}

/** Facts about the service, to find settings that contradict them. */
export interface ServiceContext {
  readonly baseUrl: URL
  /** True if NODE_ENV is not `production` and `baseUrl` is local. */
  readonly isDevelopment: boolean
  readonly hasMailer: boolean
  /** True if anyone may register. */
  readonly isRegistrationOpen: boolean
}

/** The settings of a room, without their type. `src/options` combines all of them. */
export interface RoomSettings {
  /** Member of the options that contains these settings, such as `session`; null: they are members of the options. */
  readonly section: string | null
  readonly list: readonly NamedSetting[]
  /**
   * Finds settings that contradict each other or the service, in options that the schema accepted.
   * @returns a message with the problem and the solution, or null.
   */
  findContradiction(options: Readonly<Record<string, unknown>>, context: ServiceContext): string | null
}

/** The settings of a room, with their type. */
export interface Settings<Shape extends object> extends RoomSettings {
  /** Returns all settings of the room, with the default for each absent or undefined one. Other members are left out. */
  complete(given?: Partial<Shape>): Shape
}

/**
 * Defines the settings of a room.
 * @param section member of the options that contains them; null: they are members of the options.
 * @param findContradiction returns a message with the problem and the solution, or null. It gets complete settings.
 */
export function defineSettings<Shape extends object>(
  section: string | null,
  table: SettingsTable<Shape>,
  findContradiction: (settings: Shape, context: ServiceContext) => string | null = () => null,
): Settings<Shape> {
  const list = Object.entries<Setting<unknown>>(table).map(([name, setting]) => ({ ...setting, name }))
  const complete = (given: Partial<Shape> = {}): Shape => completeFrom(list, given) as Shape // the table has every member
  return {
    section,
    list,
    complete,
    findContradiction(options, context) {
      const given = section === null ? options : options[section]
      return findContradiction(complete(given as Partial<Shape> | undefined), context) // the schema accepted it
    },
  }
}

function completeFrom(list: readonly NamedSetting[], given: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    list.map(({ name, default: fallback }) => {
      const value = given[name] === undefined ? fallback : given[name]
      if (value === REQUIRED) throw new Error(`${name} is required`)
      return [name, value]
    }),
  )
}
