/** A text of a table by its name, and the values in it. */
export interface Notice {
  /** Table and name: `sessions.loggedOut`. */
  readonly text: string
  /** Default `ok`: it worked. */
  readonly kind?: 'ok' | 'info' | 'warn'
  readonly values?: Readonly<Record<string, string | number>>
}

/** One wrong field of a refused form. */
export interface FlashError {
  /** Name of the field; empty if the problem belongs to no field. */
  readonly field: string
  /** Code of the problem, such as `too_short`. */
  readonly code: string
  readonly values?: Readonly<Record<string, string | number>>
}

/** Why a form was refused. */
export interface FlashProblem {
  /** Code of the refusal. */
  readonly code: string
  readonly errors: readonly FlashError[]
  /** When a retry makes sense, in milliseconds since 1970 UTC. */
  readonly retryAt?: number
}

/** The message that a form leaves for the next page. It contains codes and values; the page has the words. */
export interface Flash {
  /** After success. */
  readonly notice?: Notice | undefined
  /** After a refusal. */
  readonly problem?: FlashProblem
  /** The values that the user typed, without passwords, to fill in the form again. */
  readonly values?: Readonly<Record<string, string>>
  /** A new secret that the next page shows once, such as an access token. */
  readonly secret?: string | undefined
}
