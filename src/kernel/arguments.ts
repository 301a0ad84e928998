/*
 * Checks of the objects that an application passes to the library. An unknown or wrong member is never ignored: a
 * misspelt option would silently mean its default. Proved by test/arguments.test.ts.
 */
import { z } from 'zod'
import { ConfigurationError } from './configuration-error.ts'
import { type FieldError, Refusal } from './refusal.ts'

const MAX_NAME_LENGTH = 64
/** The last time with a year of four digits (RFC 3339). */
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z')
/** The longest delay of a timer. A longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The largest page that a list returns. */
export const MAX_PAGE = 1_000

/** Schema of a time in milliseconds since 1970 UTC. */
export const timeSchema: z.ZodType<number> = wholeNumber(0, LAST_TIME, 'a time in milliseconds since 1970')

/** Schema of the number of entries in a page. */
export const pageLimitSchema: z.ZodType<number> = wholeNumber(1, MAX_PAGE, 'a whole number')

/** Schema of a delay in milliseconds. */
export const delaySchema: z.ZodType<number> = wholeNumber(1, MAX_TIMER_MS, 'a whole number of milliseconds')

/** Schema of true or false. */
export const booleanSchema: z.ZodType<boolean> = z.boolean('must be true or false')

/**
 * Returns a schema of a whole number. Its message contains the bounds.
 * @param meaning the number in words: `a whole number of connections`.
 */
export function wholeNumber(least: number, most: number, meaning: string): z.ZodType<number> {
  const message = `must be ${meaning}, ${least} to ${most}`
  return z.int(message).min(least, message).max(most, message)
}

/**
 * Returns a schema of an object with these members and no others. Its messages list the members.
 * @param noun the word for a member in messages. Default `member`.
 */
export function strictMembers<Shape extends z.core.$ZodLooseShape>(shape: Shape, noun = 'member'): z.ZodObject<Shape> {
  const known = Object.keys(shape).join(', ')
  return z.strictObject(shape, {
    error({ code }) {
      if (code === 'unrecognized_keys') return `there is no such ${noun}; the ${noun}s are ${known}`
      return code === 'invalid_type' ? `must be an object with the ${noun}s ${known}` : undefined
    },
  })
}

/**
 * Checks an argument of a server-side call.
 * @throws Refusal `validation_failed` with every problem.
 */
export function acceptArgument<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const { success, data, error } = schema.safeParse(value)
  const problems = success ? findUnread(value) : findProblems(error)
  if (success && problems.length === 0) return data
  throw new Refusal('validation_failed', { errors: problems.map(toFieldError) })
}

/**
 * Checks an argument that configures something.
 * @param where the function that received it: `sqlite`.
 * @throws ConfigurationError with every problem.
 */
export function acceptConfiguration<Value>(where: string, schema: z.ZodType<Value>, value: unknown): Value {
  const { success, data, error } = schema.safeParse(value)
  const problems = success ? findUnread(value) : findProblems(error)
  if (success && problems.length === 0) return data
  throw new ConfigurationError(describe(where, problems))
}

/** Describes the problems that a schema found in a configuration, one line per key. */
export function describeProblems(where: string, error: z.ZodError): string {
  return describe(where, findProblems(error))
}

function describe(where: string, problems: readonly Problem[]): string {
  const lines = problems.map(({ path, text }) => [...(path.length > 0 ? [path.join('.')] : []), text].join(': '))
  return [`${where}: these settings are wrong`, ...lines.map((line) => `  ${line}`)].join('\n')
}

/** A problem of one member. */
interface Problem {
  readonly path: readonly string[]
  readonly text: string
}

function findProblems({ issues }: z.ZodError): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = issue.path.map(toName)
    if (issue.code !== 'unrecognized_keys') return [{ path, text: issue.message }]
    return issue.keys.map((key) => ({ path: [...path, toName(key)], text: issue.message }))
  })
}

/** How deep an argument has objects: `sqlite(path, options)` is checked as one object, and a setting may be an object. */
const MAX_DEPTH = 2

/**
 * Finds objects that a schema takes for empty ones, because their content is not in members: a Promise without `await`, a
 * Map, a Set. The caller meant that content.
 */
function findUnread(value: unknown, path: readonly string[] = []): Problem[] {
  if (typeof value !== 'object' || value === null) return []
  if (isPlain(value)) {
    if (path.length > MAX_DEPTH) return []
    return Object.entries(value).flatMap(([name, member]) => findUnread(member, [...path, toName(name)]))
  }
  const isPromise = typeof (value as { then?: unknown }).then === 'function'
  const isCollection = [Map, Set, Date, RegExp].some((type) => value instanceof type)
  if (isPromise) return [{ path, text: 'must be an object, not a Promise: an await is missing' }]
  return isCollection ? [{ path, text: `must be a plain object, not a ${value.constructor.name}` }] : []
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function toName(name: PropertyKey): string {
  return String(name).slice(0, MAX_NAME_LENGTH).toWellFormed()
}

function toFieldError({ path, text }: Problem): FieldError {
  const steps = path.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`)
  const detail = `${text.charAt(0).toUpperCase()}${text.slice(1)}`
  return { pointer: `#${steps.join('')}`, detail: detail.endsWith('.') ? detail : `${detail}.` }
}
