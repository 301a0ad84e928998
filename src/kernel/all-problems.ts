import { type DescribedFieldError, Refusal } from './refusal.ts'

/** A check of one member of a body. It returns the accepted value, or throws `validation_failed`. */
type Check<Value> = () => Value | Promise<Value>

/**
 * Runs checks of several members, so that a client learns of all problems at once.
 * @returns the values that the checks return, in their order.
 * @throws Refusal `validation_failed` with the problems of all checks.
 */
export async function checkAll<Values extends readonly unknown[]>(
  ...checks: { readonly [Index in keyof Values]: Check<Values[Index]> }
): Promise<Values> {
  const values: unknown[] = []
  const errors: DescribedFieldError[] = []
  for (const check of checks as readonly Check<unknown>[]) {
    errors.push(...(await problemsOf(async () => values.push(await check()))))
  }
  if (errors.length > 0) throw new Refusal('validation_failed', { errors })
  return values as unknown as Values // one value of each check, because none of them threw
}

/** Runs a check and returns its problems. Errors other than `validation_failed` are thrown on. */
export async function problemsOf(check: () => Promise<unknown>): Promise<readonly DescribedFieldError[]> {
  try {
    await check()
    return []
  } catch (error) {
    if (error instanceof Refusal && error.code === 'validation_failed') return error.errors ?? []
    throw error
  }
}
