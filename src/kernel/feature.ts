import type { html } from 'hono/html'
import type { ZodType } from 'zod'
import type { Stamp } from './event.ts'
import type { Flash } from './flash.ts'
import type { UserId } from './ids.ts'
import type { LoginStep } from './login-step.ts'
import type { SessionPrincipal } from './principal.ts'
import type { Route } from './route.ts'

/** HTML from the `html` template of hono, with every value escaped. */
export type Html = ReturnType<typeof html>

/** Work that runs by itself. A job that fails stops no other job, and no job overlaps itself. */
export interface Job {
  /** Name in reports of failures. */
  readonly name: string
  /** Milliseconds between two runs. `sweep`: it runs every `sweepIntervalMs` and at each call of `auth.sweep()`. */
  readonly every: number | 'sweep'
  /** Runs the job. Returns the number of things that it processed. */
  run(): Promise<number>
}

/** The part of a feature in `GET /user/export`. */
export interface ExportPart {
  /** Schemas of the members, for the OpenAPI document. */
  readonly shape: Readonly<Record<string, ZodType>>
  /** Returns the members, or null if the user does not exist. */
  collect(user: UserId): Promise<object | null>
}

/** Something that opens an account. */
export interface AccessItem {
  readonly id: string
  /** A name for users. */
  readonly name: string
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
  /** Milliseconds since 1970 UTC; null if it was never used. */
  readonly lastUsedAt: number | null
  /** True for the session of the request. Default false. */
  readonly isCurrent?: boolean
}

/** The part of a feature in the list of everything that opens an account. */
export interface AccessKind {
  /** The word of the kind: `session`, `access_token`. */
  readonly kind: string
  /** Lists what opens the account of the principal. */
  list(principal: SessionPrincipal): Promise<readonly AccessItem[]>
  /** Revokes all of it except the session of the principal. Returns the number. */
  revokeOthers(principal: SessionPrincipal, stamp: Stamp): Promise<number>
}

/** Input of one part of the account page. */
export interface AccountPageRequest {
  readonly principal: SessionPrincipal
  /** The message that the last form left. */
  readonly flash: Flash | null
  /** True if the user proved their identity recently enough for dangerous actions. */
  readonly isFresh: boolean
}

/** The part of a feature on the account page. */
export interface AccountPage {
  /** Position on the page. Parts with the same position follow the order of the features. */
  readonly place: 'top' | 'middle' | 'bottom'
  render(request: AccountPageRequest): Promise<Html>
}

/** Everything that one feature adds to an instance. `features.ts` lists all features; plugins do not exist. */
export interface Feature {
  readonly name: string
  /** Its words in `features` of `GET /auth`. Default: its name. */
  readonly words?: readonly string[]
  /** All routes of the feature: JSON, forms and pages. */
  readonly routes: readonly Route[]
  readonly jobs?: readonly Job[]
  /** Proofs that a login can ask for after the first one. */
  readonly loginSteps?: readonly LoginStep[]
  readonly exports?: ExportPart
  /** Its part of `GET /access`. */
  readonly access?: AccessKind
  readonly accountPages?: readonly AccountPage[]
  /** Writes data that is still in memory. Features stop in the order of the list, also if an earlier one fails. */
  readonly stop?: () => Promise<unknown>
}
