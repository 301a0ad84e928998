/*
 * Settings stated once. Each room has one table: meaning, default, schema and environment variable of each setting, and
 * a function that finds contradictions. `src/options` folds the tables into the schema of the options, their check and
 * the environment; `scripts/write-settings.ts` writes the tables of docs/configuration.md from them.
 */

/** Default of a setting that has none: it must be given. */
export const REQUIRED: unique symbol = Symbol('required')

/**
 * A schema of zod for a value. Public types lead to this file, so it does not name zod's types: an application would
 * check all of them. test/docs.test.ts counts that.
 */
export interface SettingSchema<Value> {
  readonly _zod: { readonly output: Value }
}

/** An environment variable of the server that sets a setting. */
export interface Variable {
  readonly name: string
  /** Turns the text into a value for the schema of the setting. Default: the text itself. */
  readonly parse?: (text: string) => unknown
  /** Default of the server, in Markdown, where it is not the default of the setting. */
  readonly defaultIs?: string
}

/** One setting. */
export interface Setting<Value> {
  /** Meaning with unit and bounds, in Markdown, for docs/configuration.md. */
  readonly meaning: string
  readonly default: Value | typeof REQUIRED
  /** Default in Markdown. Default: written from the value. */
  readonly defaultIs?: string
  /** Accepts a given value. Its messages say what would be right. */
  readonly schema: SettingSchema<Value>
  readonly variable?: Variable
}

/** One entry for each member of a settings interface. */
export type SettingsTable<Shape extends object> = { readonly [Key in keyof Shape]-?: Setting<Shape[Key]> }

/** A setting with its name. */
export interface NamedSetting extends Setting<unknown> {
  readonly name: string
}

/** Facts about the service that a setting may contradict. */
export interface ServiceContext {
  readonly baseUrl: URL
  /** NODE_ENV is not `production`, and `baseUrl` is local. */
  readonly isDevelopment: boolean
  readonly hasMailer: boolean
}

/** The settings of a room, as `src/options` folds them. */
export interface RoomSettings {
  /** Member of the options that holds these settings, such as `session`; null: they are members of the options themselves. */
  readonly section: string | null
  readonly list: readonly NamedSetting[]
  /**
   * Finds settings that contradict each other or the service, in options that their schema accepted.
   * @returns what is wrong and what would be right, or null.
   */
  findContradiction(options: Readonly<Record<string, unknown>>, context: ServiceContext): string | null
}

/** The settings of a room, with their type. */
export interface Settings<Shape extends object> extends RoomSettings {
  /** Adds the default of each setting that is absent or undefined; leaves out members that belong to others. */
  complete(given?: Partial<Shape>): Shape
}

/**
 * Defines the settings of a room.
 * @param section member of the options that holds them; null: they are members of the options themselves.
 * @param findContradiction returns what is wrong with complete settings and what would be right, or null.
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
