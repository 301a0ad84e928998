import { html } from 'hono/html'
import { toIsoTime } from '../../kernel/clock.ts'
import type { Html, PageView } from '../../kernel/page-view.ts'

/** Renders a time as people say it, such as `3 days ago`. Its title is exact, by the script in the time zone of the reader. */
export function time({ locale, now }: Pick<PageView, 'locale' | 'now'>, at: number): Html {
  return html`<time datetime="${toIsoTime(at)}" title="${locale.dateTime(at)}">${locale.relative(at, now)}</time>`
}

/** Renders a day, by the script in the time zone of the reader. */
export function day({ locale }: Pick<PageView, 'locale'>, at: number): Html {
  return html`<time datetime="${toIsoTime(at)}" data-local="day">${locale.day(at)}</time>`
}

/** Renders the hour of a time, by the script in the time zone of the reader. */
export function clockTime({ locale }: Pick<PageView, 'locale'>, at: number): Html {
  return html`<time datetime="${toIsoTime(at)}" data-local="clock">${locale.clock(at)}</time>`
}

/** Renders a time with day and hour, by the script in the time zone of the reader. */
export function exactTime({ locale }: Pick<PageView, 'locale'>, at: number): Html {
  return html`<time datetime="${toIsoTime(at)}" data-local="time">${locale.dateTime(at)}</time>`
}
