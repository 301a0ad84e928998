/*
 * JavaScript ignores arguments that a function does not have: `require(request, { fresh: true }, { scopes: ['admin'] })` would
 * not ask for the scope. So the calls that decide or change something refuse an object there. Anything else is let through:
 * `ids.map(auth.users.disable)` passes a number and a list, too. Proved by test/arguments.test.ts.
 */
import { types } from 'node:util'
import { ConfigurationError } from './configuration-error.ts'

/** A function of any kind. */
type AnyCall = (...given: never[]) => unknown

/** The number of parameters of each member of a type, optional ones included. The compiler checks the numbers. */
export type ParameterCounts<Calls> = {
  readonly [Name in keyof Calls]-?: Calls[Name] extends (...given: infer Parameters) => unknown
    ? Required<Parameters>['length']
    : never
}

/**
 * Refuses objects among the arguments that a function does not have.
 * @param where the function: `requireAuth`.
 * @param most the number of its parameters.
 * @param surplus the arguments after them.
 * @throws ConfigurationError.
 */
export function refuseSurplus(where: string, most: number, surplus: readonly unknown[]): void {
  const index = surplus.findIndex(isObject)
  if (index >= 0) throw surplusError(where, most, most + index + 1)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Returns calls that refuse objects among the arguments that they do not have. Calls that return promises reject.
 * @param room the member of the instance that has the calls: `users`.
 * @param counts the number of parameters of each call.
 */
export function exactCalls<Calls extends object>(room: string, calls: Calls, counts: ParameterCounts<Calls>): Calls {
  const exact = Object.entries<AnyCall>(calls as Record<string, AnyCall>).map(([name, call]) => {
    const most: number = counts[name as keyof Calls]
    return [name, exactCall(`${room}.${name}`, most, call)]
  })
  return Object.fromEntries(exact) as Calls // the same names went in
}

function exactCall(where: string, most: number, call: AnyCall): AnyCall {
  return (...given) => {
    const index = given.findIndex((value, place) => place >= most && isObject(value))
    if (index < 0) return call(...given)
    const error = surplusError(where, most, index + 1)
    if (types.isAsyncFunction(call)) return Promise.reject(error)
    throw error
  }
}

function surplusError(where: string, most: number, place: number): ConfigurationError {
  const takes = most === 0 ? 'no argument' : most === 1 ? 'one argument' : `${most} arguments`
  return new ConfigurationError(`${where}: argument ${place} would be ignored; it takes ${takes}`)
}
