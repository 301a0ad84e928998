import type { FieldError } from './refusal.ts'

/** The message that a form leaves for the next page. */
export interface Flash {
  /** After success: the name of one of the page's own texts. */
  readonly notice?: string
  /** After a refusal. */
  readonly problem?: { readonly code: string; readonly detail: string; readonly errors: readonly FieldError[] }
  /** The values that the user typed, without secrets, to fill in the form again. */
  readonly values?: Readonly<Record<string, string>>
}
