import type { ZodType } from 'zod'
import type { Call, CallTypes } from './call.ts'
import type { DeviceOwner } from './device-owner.ts'
import type { Stamp } from './event.ts'
import type { FindEnrolled } from './find-enrolled.ts'
import type { UserId } from './ids.ts'
import type { Locale } from './locale.ts'
import type { Html, PageView } from './page-view.ts'
import type { Method, User } from './principal.ts'

/** Whose answer a step checks. */
export interface StepContext {
  readonly user: User
  readonly stamp: Stamp
}

/** An answer to a step, with members that are the same for every step. */
export interface StepAnswer {
  /** True: this browser is remembered, and the next logins of the user from it do not ask for a second factor. */
  readonly rememberDevice?: boolean | undefined
}

/** A call that takes the answer to a step. */
export type StepCall<Access, Answer> = Call<
  Access,
  CallTypes & { readonly query: undefined; readonly body: Answer; readonly answer: unknown }
>

/** Input of the page of a step. */
export interface StepView extends PageView {
  /** The route that takes the answer. */
  readonly action: string
  /** True for a login in progress; false for a user who is logged in and proves their identity again. */
  readonly isLogin: boolean
  /** The address of the login or of the user; null if the login has none. */
  readonly email: string | null
}

/** How a browser shows a step. */
export interface StepPage {
  /** Heading of the page, and text of the links to it. */
  title(locale: Locale): string
  /** One sentence below the heading. Default: a sentence that fits every step. */
  lead?(locale: Locale, view: Pick<StepView, 'email' | 'flash' | 'isLogin'>): string
  /** Renders the form, such as `codeForm` of `login/attempt-page.ts`. */
  render(view: StepView): Html | Promise<Html>
  /** The page on which a user sets up the step in a login in progress. */
  readonly enrolment?: Pick<StepPage, 'title' | 'lead' | 'render'>
}

/**
 * A proof that a login asks for after the first one. The step decides which users have it and whether an answer is right.
 * Everything else is the same for all steps and lives in `login/`: the attempt and its limits, the route, the session.
 */
export interface LoginStep<Answer extends StepAnswer = StepAnswer> {
  /** Name of the step in `steps` and in `session.methods`. */
  readonly method: Method
  /** The call that takes the answer: `POST /login/totp`. */
  readonly call: StepCall<'anyone', Answer>
  /** The call with which a user confirms their identity again: `POST /reauthenticate/totp`. Absent: the step cannot do that. */
  readonly reauthenticateCall?: StepCall<'session', Answer>
  /** True: the feature of the step has routes of its own for both calls. Default false: the login builds them. */
  readonly hasOwnRoutes?: true
  /** True: a user without a second factor can set up this step in a login in progress. Its routes then accept the attempt. Default false. */
  readonly canEnrolInLogin?: true
  /** One line for the API reference. */
  readonly summary: string
  /** Validates the answer. */
  readonly body: ZodType<Answer>
  /** Default: a form with one field `code`. */
  readonly page?: StepPage
  /** Returns which methods the user set up. Steps with the same function share its query. */
  readonly findEnrolled: FindEnrolled
  /**
   * Returns true if the answer proves the user, and uses it up. It is called only while the budget allows an attempt.
   */
  prove(context: StepContext, answer: Answer): Promise<boolean>
}

/** The part of a step that pages need. */
export interface ShownStep extends Pick<LoginStep, 'method' | 'page'> {
  readonly call: Pick<LoginStep['call'], 'path'>
  readonly reauthenticateCall?: Pick<LoginStep['call'], 'path'>
}

/** The second factors of an instance, and the devices that are not asked for one. */
export interface SecondFactors {
  /** The steps that a login may ask for after a password. Empty: no login asks for a second factor. */
  readonly steps: readonly LoginStep[]
  /** The steps with which a user may confirm their identity: those above, and a passkey also if no login asks for it. */
  readonly proofs: readonly LoginStep[]
  /** True: a user without a second factor sets one up before the login is complete. */
  readonly isRequired: boolean
  /** Returns true if one of the tokens belongs to a remembered device of the user. */
  isRemembered(owner: DeviceOwner, tokens: readonly string[]): Promise<boolean>
  /** Remembers a device. Returns its token. */
  remember(owner: DeviceOwner, userAgent: string | null, stamp: Stamp): Promise<string>
}

/** Returns the steps that a user set up. */
export async function enrolledSteps(steps: readonly LoginStep[], user: UserId): Promise<readonly LoginStep[]> {
  const finders = [...new Set(steps.map(({ findEnrolled }) => findEnrolled))]
  const found = new Map(await Promise.all(finders.map(async (find) => [find, await find(user)] as const)))
  return steps.filter(({ method, findEnrolled }) => found.get(findEnrolled)?.includes(method))
}
