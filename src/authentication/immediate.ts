/*
 * The calls of an instance that return at once what is in memory. The public calls always return a promise; an answer that waits
 * for one costs the hot path a turn of the microtask queue, so the adapters look behind it.
 */
import type { Principal } from '../kernel/principal.ts'
import type { AnyRequest, CookieTarget } from './any-request.ts'
import type { Requirement } from './requirement.ts'

/** Like `authenticate`, but a promise only if a read or a write is needed. It throws in place of rejecting. */
export type AuthenticateNow = (
  request: AnyRequest,
  answer?: CookieTarget,
) => Principal | null | Promise<Principal | null>

/** Like `require`, but a promise only if a read is needed. It throws in place of rejecting. */
export type RequireNow = (request: AnyRequest, requirement?: Requirement) => Principal | Promise<Principal>

/** By the public function, so that an instance that an application copied or wrapped behaves as it looks. */
const immediate = new WeakMap<object, unknown>()

/** Returns the public form of a function, which never throws and always returns a promise. */
export function alwaysPromise<Arguments extends readonly unknown[], Result>(
  call: (...given: Arguments) => Result | Promise<Result>,
): (...given: Arguments) => Promise<Result> {
  const promising = (...given: Arguments): Promise<Result> => {
    try {
      const found = call(...given)
      return found instanceof Promise ? found : Promise.resolve(found)
    } catch (error) {
      return Promise.reject(error)
    }
  }
  immediate.set(promising, call)
  return promising
}

/** Returns `authenticate` of an instance, in its immediate form if there is one. */
export function authenticateNow({ authenticate }: { readonly authenticate: AuthenticateNow }): AuthenticateNow {
  return (immediate.get(authenticate) as AuthenticateNow | undefined) ?? authenticate
}

/** Returns `require` of an instance, in its immediate form if there is one. */
export function requireNow({ require }: { readonly require: RequireNow }): RequireNow {
  return (immediate.get(require) as RequireNow | undefined) ?? require
}
