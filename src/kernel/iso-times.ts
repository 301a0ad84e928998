/*
 * Records of the public library have their times as numbers, and the JSON of every route has them as ISO 8601. So that
 * `response.json(principal.user)` is the same as `user` of a route, JSON.stringify calls `toJSON` of the record, which is on
 * its prototype: the record has no additional member (decision 41).
 */
import { toIsoTime } from './clock.ts'

/** Returns a copy of a record whose JSON has its times as ISO 8601. The copy has the same members. */
export function withIsoTimes<Shape extends object>(record: Shape): Shape {
  return Object.setPrototypeOf({ ...record }, ISO_TIMES)
}

/** The prototype of records of the public library. */
export const ISO_TIMES: { toJSON(this: object): object } = {
  toJSON() {
    return Object.fromEntries(
      Object.entries(this).map(([name, value]) => [name, isTime(name, value) ? toIsoTime(value) : value]),
    )
  },
}

function isTime(name: string, value: unknown): value is number {
  return typeof value === 'number' && (name === 'at' || name.endsWith('At'))
}
