/** What was found: a promise only if it had to be waited for. Waiting for what is there costs the hot path. */
export type Found<Value> = Value | Promise<Value>

/** Continues with a value, at once unless it is a promise. */
export function when<Value, Result>(found: Found<Value>, next: (value: Value) => Found<Result>): Found<Result> {
  return found instanceof Promise ? found.then(next) : next(found)
}
