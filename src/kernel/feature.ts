import type { ZodType } from 'zod'
import type { Stamp } from './event.ts'
import type { UserId } from './ids.ts'
import type { Locale } from './locale.ts'
import type { LoginStep } from './login-step.ts'
import type { Html, PageParts, PageView } from './page-view.ts'
import type { SessionPrincipal, User } from './principal.ts'
import type { Route } from './route.ts'

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
  /**
   * Returns the members, or null if the user does not exist. A list that can grow is an iterable of its pages, which are read
   * while the export is sent.
   */
  collect(user: UserId): Promise<Readonly<Record<string, unknown>> | null>
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

/** Input of a page of the account. */
export interface AccountPageRequest extends PageView {
  readonly principal: SessionPrincipal
  /** True if the user proved their identity recently enough for dangerous actions. */
  readonly isFresh: boolean
  /** The first value of each query parameter. */
  readonly query: Readonly<Record<string, string>>
}

/** The entry of an account page in the navigation. */
export interface AccountNavigation {
  /** Position: pages are listed from the lowest to the highest. */
  readonly place: number
  /** Name of an icon of `pages/icons.ts`. */
  readonly icon: string
  label(locale: Locale): string
}

/** A page of the account, at `/account` and its path. */
export interface AccountPage {
  /** Path below `/account`; empty for the first page. */
  readonly path: '' | `/${string}`
  /** Absent: other pages link to this page. */
  readonly navigation?: AccountNavigation
  /** True: a user who did not prove their identity recently is asked to do so first; a function decides by the user. Default false. */
  readonly needsFresh?: boolean | ((user: UserId) => Promise<boolean>)
  render(request: AccountPageRequest): Promise<PageParts>
}

/** The part of a feature on the page *Security* of the account. */
export interface SecuritySection {
  /** Position: sections are listed from the lowest to the highest. The password has 10, the last proof 90. */
  readonly place: number
  /** Returns null if there is nothing to show. */
  render(request: AccountPageRequest): Promise<Html | null>
}

/** Another way to log in, which the login page shows above the form: a provider, a passkey. */
export interface LoginWay {
  /** Position: ways are listed from the lowest to the highest. */
  readonly place: number
  /** When the way also creates accounts: the page that creates one then shows it. `open`: not with an invitation. Default: never. */
  readonly registers?: 'open' | 'always'
  /** True: the button is hidden without the script. Default false. */
  readonly needsScript?: boolean
  /**
   * Renders the button; it passes on `view.kept`.
   * @param invitation token of the invitation that brought the person here.
   */
  render(view: PageView, invitation?: string): Html
}

/** Another way to confirm the identity of a user who is logged in, on the page that asks for it: a linked provider. */
export interface ProofWay {
  /** Position: ways are listed from the lowest to the highest. */
  readonly place: number
  /** Renders the button; it passes on `view.kept`. Returns null if the user cannot use this way. */
  render(view: PageView, user: User): Promise<Html | null>
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
  readonly loginWays?: readonly LoginWay[]
  /** Other ways to register, in the form of the registration page. */
  readonly registerWays?: readonly LoginWay[]
  readonly securitySections?: readonly SecuritySection[]
  /** Writes data that is still in memory. Features stop in the order of the list, also if an earlier one fails. */
  readonly stop?: () => Promise<unknown>
}
