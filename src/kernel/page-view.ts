import type { html } from 'hono/html'
import type { Flash } from './flash.ts'
import type { Locale } from './locale.ts'

/** HTML from the `html` template of hono, with every value escaped. */
export type Html = ReturnType<typeof html>

/** What links and forms of a page pass on, so that it survives a detour: `next` and `remember`. */
export interface Kept {
  /** Where the login leads: a path, or a URL of a trusted origin. Null: to the account page. */
  readonly next: string | null
  /** `on`: the person wants to stay logged in. */
  readonly remember: 'on' | null
}

/** What every page knows. */
export interface PageView {
  /** Base path of the forms: `/auth`. */
  readonly basePath: string
  /** Name of the service. */
  readonly siteName: string
  readonly locale: Locale
  /** The message that the last form left. */
  readonly flash: Flash | null
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  readonly kept: Kept
}

/** The parts of a page that a room gives. */
export interface PageParts {
  /** The heading, and the title of the document. */
  readonly title: string
  /** One sentence below the heading. */
  readonly lead?: Html | string | undefined
  /** A button beside the heading. */
  readonly action?: Html | undefined
  readonly body: Html
  /** True: the page itself says what the message of the last form says, so the message is left out. Default false. */
  readonly replacesMessage?: boolean
  /** Below the card of an entry page: links to other pages. */
  readonly below?: Html | undefined
}
