import type { Sample, SampleKind } from './sample.ts'
import type { Visitor } from './visitor.ts'

/** One state of a page. */
export interface PreviewState {
  /** Name in the URL of the preview. */
  readonly name: string
  readonly title: string
  /** The instance that shows the state. Default `open`. */
  readonly sample?: SampleKind
  /** The person who is logged in. Default: a visitor. */
  readonly as?: string
  /** Brings the browser into the state. Returns the path of the page. */
  prepare(browser: Visitor, sample: Sample): Promise<string> | string
}

/** Returns a state that needs no preparation. */
export function at(name: string, title: string, path: string, more: Partial<PreviewState> = {}): PreviewState {
  return { name, title, prepare: () => path, ...more }
}

/** Returns a state after a form. */
export function after(
  name: string,
  title: string,
  [path, fields]: readonly [path: string, fields: Readonly<Record<string, string>>],
  more: Partial<PreviewState> = {},
): PreviewState {
  return { name, title, prepare: (browser) => browser.form(`/auth${path}`, fields), ...more }
}

/** Returns a state of a page that an emailed link opens. */
export function link(
  name: string,
  title: string,
  page: string,
  order: (sample: Sample) => Promise<unknown>,
): PreviewState {
  return {
    name,
    title,
    async prepare(_browser, sample) {
      const before = sample.mails.mails.length
      await order(sample)
      const isNew = ({ text }: { readonly text: string }): boolean =>
        sample.mails.mails.slice(before).some((mail) => mail.text === text) && text.includes(`${page}?`)
      const { text } = await sample.mails.waitForMail(isNew)
      return (
        text
          .split(/\s/)
          .find((word) => word.includes(`${page}?`))
          ?.replace(/^https?:\/\/[^/]+/, '') ?? page
      )
    },
  }
}
