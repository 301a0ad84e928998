import { html } from 'hono/html'
import type { TextTable } from '../kernel/language.ts'
import { findText } from '../kernel/locale.ts'
import type { Html, PageView } from '../kernel/page-view.ts'
import type { RefusalTable } from '../kernel/refusal-entry.ts'
import { note } from './components/note.ts'
import { describeFieldProblem } from './field-texts.ts'
import { PAGE_TEXTS } from './texts.ts'

/** All texts that a message can name. */
export interface MessageTexts {
  /** The texts of all rooms. */
  readonly tables: readonly TextTable[]
  /** Every refusal. */
  readonly refusals: RefusalTable
}

/** Renders the message of the last form: a notice, or the reason why the form was refused. */
export function message(texts: MessageTexts, view: PageView): Html {
  const { flash, locale } = view
  const { text: name, kind = 'ok', values = {} } = flash?.notice ?? {}
  const notice = name === undefined ? null : findText(locale, texts.tables, name, values)
  if (notice !== null) return note(kind, notice)
  return flash?.problem === undefined ? html`` : problemNote(texts, view, flash.problem)
}

function problemNote(
  { refusals }: MessageTexts,
  { locale, now }: PageView,
  { code, errors, retryAt }: NonNullable<NonNullable<PageView['flash']>['problem']>,
): Html {
  const entry = Object.hasOwn(refusals, code) ? refusals[code] : refusals.internal_error
  const text = entry?.text[locale.language] ?? ''
  const wait =
    retryAt === undefined || retryAt <= now ? '' : ` ${locale.texts(PAGE_TEXTS).wait(locale.duration(retryAt - now))}`
  const loose = errors.filter(({ field }) => field === '').map((error) => describeFieldProblem(locale, error))
  return note('danger', html`<p>${text}${wait}${loose.map((each) => html` ${each}`)}</p>`)
}
