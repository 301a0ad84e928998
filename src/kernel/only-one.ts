/**
 * Returns the only value that is not null. Of several cookies of one name the valid one counts; two valid ones are ambiguous,
 * because an attacker on a sibling domain may have planted one of them.
 * @returns null without a value, or with more than one.
 */
export function onlyOne<Value>(values: readonly (Value | null)[]): Value | null {
  const valid = values.filter((value) => value !== null)
  return valid.length === 1 ? (valid[0] ?? null) : null
}
