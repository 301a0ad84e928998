import type { Frame } from './frame.ts'
import { headerText } from './header-text.ts'
import type { Letter } from './letter.ts'
import { renderHtml } from './render-html.ts'
import { renderText } from './render-text.ts'

/** An email as text and as HTML, with the same words. */
export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/**
 * Renders the email with a content.
 * @param language the language of the request that caused the email. Default: the language of the site.
 */
export type Compose<Content> = (content: Content, language?: string) => RenderedMail

/**
 * Renders an email.
 * @throws TypeError if a link is not an http(s) URL.
 */
export function renderLetter(letter: Letter, frame: Frame): RenderedMail {
  checkLink(letter.action.link)
  if (letter.alternative !== undefined) checkLink(letter.alternative.link)
  return {
    subject: headerText(letter.subject),
    text: renderText(letter, frame),
    html: renderHtml(letter, frame),
  }
}

/** Checks that a link is an http(s) URL. The error does not show the link, because the link can contain a token. */
function checkLink(link: string): void {
  if (!/^https?:\/\/[!-~]+$/.test(link) || /[<>"]/.test(link) || !URL.canParse(link)) {
    throw new TypeError('A link in an email is not an http(s) URL')
  }
}
