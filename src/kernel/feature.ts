import type { html } from 'hono/html'
import type { ZodType } from 'zod'
import type { Flash } from './flash.ts'
import type { UserId } from './ids.ts'
import type { LoginStep } from './login-step.ts'
import type { SessionPrincipal } from './principal.ts'
import type { Route } from './route.ts'

/** HTML that `html` of hono made, with every value in it escaped. */
export type Html = ReturnType<typeof html>

/** Work that runs by itself. A job that fails stops no other job, and no job overlaps itself. */
export interface Job {
  /** Appears in reports of failures. */
  readonly name: string
  /** Milliseconds between two runs; `sweep`: the interval of `sweepIntervalMs`, and each call of `auth.sweep()`. */
  readonly every: number | 'sweep'
  /** Returns how many things it did. */
  run(): Promise<number>
}

/** The part of a feature in `GET /user/export`. */
export interface ExportPart {
  /** Schemas of the members, for the OpenAPI document. */
  readonly shape: Readonly<Record<string, ZodType>>
  /** Reads the members. Returns null if the user does not exist. */
  collect(user: UserId): Promise<object | null>
}

/** What a part of the account page is rendered from. */
export interface AccountPageRequest {
  readonly principal: SessionPrincipal
  /** The message that the last form left. */
  readonly flash: Flash | null
  /** True if the user proved their identity recently enough for dangerous actions. */
  readonly isFresh: boolean
}

/** The part of a feature on the account page. */
export interface AccountPage {
  /** Where it stands; parts in the same place follow the order of the features. */
  readonly place: 'top' | 'middle' | 'bottom'
  render(request: AccountPageRequest): Promise<Html>
}

/** Everything that a room shows to the outside, as one value. `features.ts` lists all features; there are no plugins. */
export interface Feature {
  readonly name: string
  /** Its words in `features` of `GET /auth`. Default: its name. */
  readonly words?: readonly string[]
  /** JSON routes, forms and pages alike. */
  readonly routes: readonly Route[]
  readonly jobs?: readonly Job[]
  /** Proofs that a login can ask for after the first one. */
  readonly loginSteps?: readonly LoginStep[]
  readonly exports?: ExportPart
  readonly accountPages?: readonly AccountPage[]
  /** Writes what is still in memory. Features stop in the order of the list; one that fails stops no other. */
  readonly stop?: () => Promise<unknown>
}
