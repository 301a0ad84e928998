/**
 * What is wrong with a field, as a code and its values: `too_short`, `{min: 15}`. Pages have a text for each code in every
 * language. API clients get the English `detail`.
 */
export interface FieldProblem {
  readonly code: FieldProblemCode
  readonly values?: Readonly<Record<string, string | number>>
  /** True if the check asked another service, so that the attempt counts although it was refused. Default false. */
  readonly isCostly?: boolean
}

/** The codes of all problems of fields. `pages/field-texts.ts` has their texts. */
export type FieldProblemCode =
  | 'required'
  | 'invalid'
  | 'too_short'
  | 'too_long'
  | 'one_line'
  | 'not_an_email'
  | 'same_email'
  | 'other_email'
  | 'invited_email'
  | 'not_unicode'
  | 'from_context'
  | 'common_password'
  | 'breached_password'
  | 'same_password'
  | 'wrong_password'
  | 'type_again'
  | 'wrong_code'
