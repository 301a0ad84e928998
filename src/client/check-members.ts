/* Checks of the arguments of the client, without a schema library: the client has to be small. */

/** What a member must be. */
export interface MemberCheck {
  readonly isRight: (value: unknown) => boolean
  /** Completes the sentence "must be …". */
  readonly right: string
}

/** Checks by the name of the member. An undefined member is as good as an absent one. */
export type MemberChecks<Shape extends object> = { readonly [Name in keyof Shape]-?: MemberCheck }

/**
 * Returns true for an object whose members can be read. A Promise, a Map, a URL or an AbortSignal in place of options has none: what
 * it contains would be ignored.
 */
export function hasReadableMembers(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null // in every frame of a page
  return isPlain || Object.keys(value).length > 0
}

/**
 * Refuses an argument that is not an object, and unknown or wrong members.
 * @param where the function that received it: `createClient`.
 * @throws TypeError with every problem.
 */
export function checkMembers<Shape extends object>(where: string, given: Shape, checks: MemberChecks<Shape>): void {
  const known = new Map<string, MemberCheck>(Object.entries(checks))
  const names = [...known.keys()].join(', ')
  if (!hasReadableMembers(given)) {
    throw new TypeError(`${where}: must be an object with the members ${names}`)
  }
  const problems = Object.entries(given).flatMap(([name, value]) => {
    const check = known.get(name)
    if (check === undefined) return [`${name}: there is no such member; the members are ${names}`]
    return value === undefined || check.isRight(value) ? [] : [`${name}: must be ${check.right}`]
  })
  if (problems.length > 0) throw new TypeError(`${where}: ${problems.join('; ')}`)
}
